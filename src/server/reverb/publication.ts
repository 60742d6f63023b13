import { isObject } from '../http/call'
import type { Connection } from './connection'

/** One event for one or more channels. */
export interface Publication {
  readonly event: string
  /** JSON, as a string. */
  readonly data: string
  readonly channels: readonly string[]
  /** The socket that shall not hear it: the one that caused it. */
  readonly exceptSocketId?: string | undefined
  /** What the publisher wants to know of the channels, by commas: `subscription_count,user_count`. */
  readonly info?: string | undefined
}

/** Reads the body of a publish; null when Reverb would call it invalid (422). Source: Pusher HTTP API. */
export const decodePublication = (body: unknown): Publication | null => {
  if (!isObject(body)) return null
  const { name, data, socket_id: exceptSocketId, info } = body
  const channels = body.channels ?? (body.channel === undefined ? undefined : [body.channel])
  if (!isFilled(name) || !isFilled(data) || !isTexts(channels)) return null
  if (!isTextOrAbsent(exceptSocketId) || !isTextOrAbsent(info)) return null
  return { event: name, data, channels, exceptSocketId, info }
}

/** Reads the body of a batch: publications with one channel each; null when Reverb would call it invalid (422). */
export const decodeBatch = (body: unknown): readonly Publication[] | null => {
  const batch = isObject(body) ? body.batch : undefined
  if (!Array.isArray(batch) || batch.length === 0) return null
  const publications = batch.map((item) => (isObject(item) && isFilled(item.channel) ? decodePublication(item) : null))
  return publications.every((one) => one !== null) ? publications : null
}

const isFilled = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

const isTextOrAbsent = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string'

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every(isFilled)

/** What stands between Reverb and its clients and publishers, for faults. Control frames of WebSocket go round it. */
export interface Wire {
  /** A connection is there, before anything is said on it: also one that will be turned away. */
  opened?(connection: Connection): void
  /** Gets every frame on its way out. Not calling `send` loses it, calling it twice doubles it, later delays it. */
  outgoing?(frame: string, send: (frame: string) => void, connection: Connection): void
  /** False: Reverb does not hear this message. */
  incoming?(message: string, connection: Connection): boolean
  /** False: a subscription is refused (4009) as if its signature were wrong. */
  admits?(channel: string, connection: Connection): boolean
  /** Gets every event on its way from its publisher to its channels. Not calling `deliver` loses it for everyone. */
  publishing?(publication: Publication, deliver: (publication: Publication) => void): void
}
