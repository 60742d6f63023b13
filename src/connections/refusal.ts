import { backOffMs, SUBSCRIPTION_FAILED } from '../engine/backoff'
import type { createAlarm } from '../engine/clock'
import type { Environment } from '../engine/environment'
import { type ConnectionFact, delayed, refused } from '../engine/state'
import type { Sink } from '../engine/transport'

/** Why the socket or the channel was refused: `delayed` is tried again by itself, `refused` is not. */
export type Refusal = ConnectionFact & { name: 'delayed' | 'refused' }

/**
 * Why the server refused a socket, by the code of its `pusher:error` frame or of the close; null where the socket is merely lost. Reverb's frames in the
 * handshake (recorded on Reverb 1.10), and the other codes after which pusher-js never tries again (pusher-js 8.6, core/connection/protocol/protocol.ts).
 * That of the key, or of the page's origin, does not change by itself; the others may, for whoever tries again. `where` is for the message.
 */
export const socketRefusal = (code: number, wasOpen: boolean, triesAgain = true, where = ''): Refusal | null => {
  const about = { detail: `(${where}${code || 'no code'})` }
  if (code <= 4000 || (code >= 4100 && code < 4300)) return null
  if (code === 4001) return refused('unknown-app', about)
  if (code === 4009 && !wasOpen) return refused('origin-refused', about)
  return (triesAgain ? delayed : refused)(code === 4004 ? 'over-capacity' : 'socket-refused', about)
}

type Alarm = Pick<ReturnType<typeof createAlarm>, 'set'>

/**
 * What a failed authorisation means; `where` is for the message, the status is 0 when no answer came. One that is foreign, as it was not JSON, is not the shop's,
 * unless its status is 5xx. In Laravel both a lost session and another user's channel are 403. 419 comes only from custom routes. A 2xx or 3xx means that
 * something else answered, such as a log-in page.
 */
export const authorisationFact = (where: string, status: number, cause: unknown, isForeign = false): Refusal => {
  const details = { status, cause, detail: `(${where}, HTTP ${status})` }
  if (isForeign && status < 500) return delayed('blocked', details)
  if (status === 401 || status === 403) return refused('not-authorised', details)
  if (status === 419) return refused('page-expired', details)
  if (status === 404 || status === 405 || status === 410) return refused('misconfigured', details)
  return delayed(status >= 200 && status < 400 ? 'blocked' : 'authorisation-failed', details)
}

/** What does not mend itself in seconds is asked again so much later. */
const SLOW_TO_MEND: ReadonlySet<string> = new Set(['blocked', 'signature-refused'])
const SLOW_TO_MEND_MS = 10_000

/** How long a channel may take to be confirmed. */
export const CONFIRM_WITHIN_MS = 10_000

/** What one page was refused, until its channel is confirmed; told to the sink. */
export const createRefusals = (environment: Environment, sink: Pick<Sink, 'state'>) => {
  let last: Refusal | null = null
  let delays = 0
  let unanswered = 0
  let wasWell = false

  const firstOf = (refusal: Refusal): Refusal => {
    const isSame = last?.reason === refusal.reason && last.error?.status === refusal.error?.status
    const first = last && isSame ? last : refusal
    last = first
    return first
  }

  const pauseMs = ({ reason }: Refusal): number => {
    const mendMs = SLOW_TO_MEND.has(reason) ? SLOW_TO_MEND_MS : 0
    delays += 1
    return mendMs + backOffMs(SUBSCRIPTION_FAILED, delays - 1, environment.random())
  }

  return {
    /** The same refusal, or the one before if it was the same trouble: then it is the same error, however often it is met. */
    firstOf,
    /** How long to wait before asking for the channel again: longer each time. */
    pauseMs,
    /** Tells it, and does `again` after a pause, where that may help. */
    tell: (said: Refusal, alarm: Alarm, again: () => void, pause: (said: Refusal) => number = pauseMs): void => {
      const fact = firstOf(said)
      if (fact.name === 'refused') return sink.state(fact)
      const inMs = pause(fact)
      alarm.set(inMs, again)
      sink.state({ ...fact, nextTryAtMs: environment.nowMs() + inMs })
    },
    /** The channel was not confirmed in time: true when a fresh signature has not helped, and only a fresh socket is left. */
    needsSocket: (): boolean => {
      unanswered += 1
      return unanswered % 2 === 0
    },
    /** All is well: the next trouble is a new one. True when all was well before, too. */
    clear: (): boolean => {
      const isBack = wasWell
      wasWell = true
      last = null
      delays = unanswered = 0
      return isBack
    },
  }
}
