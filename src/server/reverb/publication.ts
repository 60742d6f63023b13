import { isObject } from '../http/fields'

/** One event for one or more channels. */
export interface Publication {
  readonly event: string
  /** JSON, as a string. */
  readonly data: string
  readonly channels: readonly string[]
  /** The socket that shall not hear it: the one that caused it. */
  readonly exceptSocketId?: string | undefined
}

/** Reads the body of a publish; null when Reverb would call it invalid (422). Source: Pusher HTTP API. */
export const decodePublication = (body: unknown): Publication | null => {
  if (!isObject(body)) return null
  const { name, data, socket_id } = body
  const channels = body.channels ?? (body.channel === undefined ? undefined : [body.channel])
  if (!isFilled(name) || !isFilled(data) || !isTexts(channels)) return null
  if (socket_id !== undefined && socket_id !== null && typeof socket_id !== 'string') return null
  return { event: name, data, channels, exceptSocketId: socket_id ?? undefined }
}

const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== ''

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isFilled)
