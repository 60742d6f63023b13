import { isObject, parseJson } from '../http/call'

/** The first frame: the socket's id, and after how much silence to ping. `data` is a string. Recorded: Reverb 1.10.2. */
export const establishedFrame = (socketId: string, activityTimeoutS: number): string =>
  JSON.stringify({
    event: 'pusher:connection_established',
    data: JSON.stringify({ socket_id: socketId, activity_timeout: activityTimeoutS }),
  })

/** Says that a subscription is on; on a presence channel also who is there. Recorded: Reverb 1.10.2. */
export const subscribedFrame = (channel: string, data: unknown = {}): string =>
  JSON.stringify({ event: 'pusher_internal:subscription_succeeded', data: JSON.stringify(data), channel })

/** Says that a cache channel has no last event yet. No `data`. Source: laravel/reverb, `EventHandler`. */
export const cacheMissFrame = (channel: string): string => JSON.stringify({ event: 'pusher:cache_miss', channel })

/** Tells those on a presence channel who came. Source: Pusher protocol. */
export const memberAddedFrame = (channel: string, member: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ event: 'pusher_internal:member_added', data: JSON.stringify(member), channel })

/** Tells those on a presence channel who left with their last connection. Source: Pusher protocol. */
export const memberRemovedFrame = (channel: string, userId: string | number): string =>
  JSON.stringify({ event: 'pusher_internal:member_removed', data: JSON.stringify({ user_id: userId }), channel })

/** An event for a channel's subscribers; `data` is JSON in a string. Recorded: Reverb 1.10.2. */
export const eventFrame = (event: string, data: string, channel: string): string =>
  JSON.stringify({ event, data, channel })

/** What one client tells the others on a channel. */
export interface Whisper {
  readonly event: string
  readonly channel: string
  readonly data: unknown
}

/**
 * A client's event for the others on a channel; `data` is JSON, not a string. On a presence channel the server adds who
 * it was. Recorded: Reverb 1.10.2.
 */
export const whisperFrame = ({ event, channel, data }: Whisper, userId?: string | number | undefined): string =>
  JSON.stringify({ event, channel, data, user_id: userId })

/** Asks for a sign of life. No `data`. Recorded: Reverb 1.10.2. */
export const PING_FRAME = JSON.stringify({ event: 'pusher:ping' })

/** Gives a sign of life. No `data`. Recorded: Reverb 1.10.2. */
export const PONG_FRAME = JSON.stringify({ event: 'pusher:pong' })

const errorFrame = (code: number, message: string): string =>
  JSON.stringify({ event: 'pusher:error', data: JSON.stringify({ code, message }) })

/** Every error a client can be told, by what it means; none names its channel. Recorded: Reverb 1.10.2. */
export const ERROR_FRAMES = {
  unknownApplication: errorFrame(4001, 'Application does not exist'),
  overQuota: errorFrame(4004, 'Application is over connection quota'),
  originNotAllowed: errorFrame(4009, 'Origin not allowed'),
  unauthorized: errorFrame(4009, 'Connection is unauthorized'),
  notMember: errorFrame(4009, 'The client is not a member of the specified channel.'),
  invalidMessage: errorFrame(4200, 'Invalid message format'),
  pongNotReceived: errorFrame(4201, 'Pong reply not received in time'),
  rateLimited: errorFrame(4301, 'Rate limit exceeded'),
  whispersOff: errorFrame(4301, 'The app does not have client messaging enabled.'),
} as const

/** How many levels of arrays and objects PHP reads. */
const MAX_DEPTH = 512

/** The value of a JSON text as PHP reads it; undefined when it is none, or too deep. Never throws. Source: PHP. */
export const readPhpJson = (text: string): unknown => {
  const value = parseJson(text)
  return isDeeper(value, MAX_DEPTH) ? undefined : value
}

/** PHP reads `{}` as an empty array and writes it as `[]`. The value must not be deeper than PHP reads. */
export const asPhpArray = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asPhpArray)
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, asPhpArray(inner)])
  return entries.length === 0 ? [] : Object.fromEntries(entries)
}

const isDeeper = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}
