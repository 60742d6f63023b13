import { isObject } from '../http/fields'

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
