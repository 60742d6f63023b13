import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { answerWith } from '../http/answer'
import { isObject, parseJson } from '../http/call'
import { listen } from '../listen'
import type { Application } from '../reverb/application'
import { type Reverb, type ReverbOptions, startReverb } from '../reverb/reverb'
import { signChannel } from '../reverb/signature'
import type { Cast } from './actor'
import type { RecordedSection } from './recording'
import { ask, callApi, type HttpAnswer, type Target } from './target'
import {
  type AuthEntry,
  type KeepAliveEntry,
  readAuth,
  readKeepAlive,
  readTranscript,
  type TranscriptEntry,
} from './transcript'

/** The recordings that a server is compared with. */
export interface Recordings {
  readonly transcript: readonly RecordedSection<TranscriptEntry>[]
  readonly keepAlive: RecordedSection<KeepAliveEntry>
  readonly auth: RecordedSection<AuthEntry>
}

/**
 * Reads the recordings in a folder.
 * @throws {Error} when one is not there or cannot be read
 */
export const readRecordings = (folder: string): Recordings => {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  return {
    transcript: readTranscript(read('transcript.txt')),
    keepAlive: readKeepAlive(read('keep-alive.txt')),
    auth: readAuth(read('auth.txt')),
  }
}

/** The application that most of the recordings were made with. */
export const RECORDED_KEY = 'cart-bed-key'

const application = (id: string, key: string, settings: Partial<Application> = {}): Application => ({
  id,
  key,
  secret: 'cart-bed-secret',
  ...settings,
})

/** The applications of the recordings, the main one first. Their secrets were not recorded. */
export const RECORDED_APPLICATIONS: readonly [Application, ...Application[]] = [
  application('1001', RECORDED_KEY),
  application('1002', 'cart-bed-max1', { maxConnections: 1 }),
  application('1003', 'cart-bed-origin', { allowedOrigins: ['shop.example.test'] }),
  application('1004', 'cart-bed-rate', { rateLimit: { attempts: 5, perSeconds: 60 } }),
  application('1005', 'cart-bed-rate-kill', { rateLimit: { attempts: 5, perSeconds: 60, terminate: true } }),
  application('1006', 'cart-bed-nowhisper', { clientEvents: 'off' }),
  application('1007', 'cart-bed-fast', { activityTimeoutS: 5, pingIntervalS: 10 }),
]

const NEWS = { name: 'news', data: '{}', channels: ['private-nobody-is-here'] }

/** The calls of section 12 that stand for themselves, by the recorder's words. */
export const RECORDED_CALLS: Readonly<Record<string, (target: Target) => Promise<HttpAnswer>>> = {
  'GET /channels': ({ httpUrl, main }) =>
    callApi(httpUrl, main, { method: 'GET', path: '/channels', query: { info: 'subscription_count' } }),
  'GET /connections': ({ httpUrl, main }) => callApi(httpUrl, main, { method: 'GET', path: '/connections' }),
  'trigger to a channel nobody is on': ({ httpUrl, main }) =>
    callApi(httpUrl, main, { method: 'POST', path: '/events', body: NEWS }),
  'wrong secret': ({ httpUrl, main }) =>
    callApi(httpUrl, { ...main, secret: `not ${main.secret}` }, { method: 'POST', path: '/events', body: NEWS }),
  'wrong app id': ({ httpUrl, main }) =>
    callApi(httpUrl, { ...main, id: '9999' }, { method: 'POST', path: '/events', body: NEWS }),
  'plain HTTP GET /app/key': ({ httpUrl, main }) => ask({ url: `${httpUrl}/app/${main.key}` }),
  'GET /up': ({ httpUrl }) => ask({ url: `${httpUrl}/up` }),
}

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

/** The connection and the channel a recorded signature was made for. */
export interface SignedFor {
  readonly socket: string
  readonly channel: string
}

/** What every recorded signature was made for: where it is used first. Later uses try it where it does not belong. */
export const learnSignatures = (
  sections: readonly RecordedSection<TranscriptEntry>[],
): ReadonlyMap<string, SignedFor> => {
  const learned = new Map<string, SignedFor>()
  for (const { entry } of sections.flatMap(({ lines }) => lines)) {
    const [, signature] = entry.kind === 'said' ? (AUTH.exec(entry.frame) ?? []) : []
    if (entry.kind !== 'said' || signature === undefined || learned.has(signature)) continue
    learned.set(signature, { socket: entry.socket, channel: channelOf(entry.frame) })
  }
  return learned
}

/** A recorded frame with its signature made anew for the connections of today, and the key of today. */
export const resign = (frame: string, learned: ReadonlyMap<string, SignedFor>, cast: Cast): string =>
  frame.replace(AUTH, (auth, signature: string) => {
    const made = learned.get(signature)
    if (!made) return auth
    const { key, secret } = cast.credentials(made.socket)
    const today = signChannel(secret, cast.find(made.socket)?.socketId() ?? '', made.channel)
    return auth.replace(signature, today).replace(`"${RECORDED_KEY}:`, `"${key}:`)
  })

const AUTH = /"auth":"[^":]*:([0-9a-f]{64})"/

const channelOf = (frame: string): string => {
  const said = parseJson(frame)
  return isObject(said) && isObject(said.data) ? String(said.data.channel) : ''
}
