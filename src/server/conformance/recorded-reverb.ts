import { createServer } from 'node:http'
import { answerWith } from '../http/answer'
import { listen } from '../listen'
import type { Application } from '../reverb/application'
import { type Reverb, type ReverbOptions, startReverb } from '../reverb/reverb'
import { RECORDED_APPLICATIONS } from './recorded-applications'
import type { Target } from './target'

/** A stand-in with the recorded applications, and without a shop. */
export interface RecordedReverb {
  readonly reverb: Reverb
  readonly target: Target
  close(): Promise<void>
}

/** What of it may be different. */
export type RecordedReverbOptions = Partial<Pick<ReverbOptions, 'applications' | 'wire' | 'now' | 'maxRequestSize'>>

/** Starts one on any free port. */
export const startRecordedReverb = async (options: RecordedReverbOptions = {}): Promise<RecordedReverb> => {
  const reverb = startReverb({ applications: RECORDED_APPLICATIONS, onLog: () => {}, ...options })
  const server = createServer(answerWith(reverb.handle, { onError: () => {} })).on('upgrade', reverb.upgrade)
  const { port, close } = await listen(server, 0, '127.0.0.1')
  return {
    reverb,
    target: targetAt(`127.0.0.1:${port}`),
    close: () => {
      reverb.stop()
      return close()
    },
  }
}

/** The stand-in at a place, as a target. It answers at once: whoever waits a second waits in vain. */
export const targetAt = (place: string): Target => {
  const [main, ...others]: readonly [Application, ...Application[]] = RECORDED_APPLICATIONS
  return {
    wsUrl: `ws://${place}`,
    httpUrl: `http://${place}`,
    main,
    others: new Map(others.map((application) => [application.key, application])),
    door: null,
    patienceMs: 1_000,
  }
}
