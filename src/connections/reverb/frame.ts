import { attempt, isRecord, own } from '../../engine/shape'

/**
 * What Reverb's frames mean to a page with one private channel, by the Pusher protocol
 * (https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol).
 */
export type Frame =
  /** The socket is open. Null for the id of a greeting that cannot be read. */
  | { readonly name: 'greeting'; readonly socketId: string | null; readonly silentMs: number }
  | { readonly name: 'error'; readonly code: number }
  | { readonly name: 'ping' }
  | { readonly name: 'confirmed' }
  /** soketi refuses a signature so; Reverb by an error of code 4009 that names no channel. */
  | { readonly name: 'not-confirmed'; readonly error: unknown }
  | { readonly name: 'broadcast'; readonly event: string; readonly payload: unknown }
  /** A pong, an event that nobody listens to, or nothing that can be read. It shows that the socket is alive. */
  | { readonly name: 'other' }

/** How long the server may be silent before it is pinged. Its own `activity_timeout`, in seconds, may be shorter, down to one. */
const SILENT_MS = 30_000

const OTHER: Frame = { name: 'other' }

/**
 * Reads a frame. `data` is JSON in a string (Reverb), or an object (soketi); a string that is no JSON stays one, as with pusher-js. Of other channels than
 * `channel`, which is given with its prefix, nothing is read. Never throws.
 */
export const readFrame = (text: unknown, channel: string, events: readonly string[]): Frame => {
  const frame = fieldsOf(parsed(text))
  const [event, data] = [own(frame, 'event'), own(frame, 'data')]
  const body = parsed(data) ?? data
  return own(frame, 'channel') === channel ? ofChannel(event, body, events) : ofSocket(event, fieldsOf(body))
}

const ofChannel = (event: unknown, body: unknown, events: readonly string[]): Frame => {
  if (event === 'pusher_internal:subscription_succeeded') return { name: 'confirmed' }
  if (event === 'pusher:subscription_error') return { name: 'not-confirmed', error: body }
  return typeof event === 'string' && events.includes(event) ? { name: 'broadcast', event, payload: body } : OTHER
}

const ofSocket = (event: unknown, fields: Record<string, unknown>): Frame => {
  if (event === 'pusher:ping') return { name: 'ping' }
  if (event === 'pusher:error') return { name: 'error', code: numberOf(own(fields, 'code')) }
  if (event !== 'pusher:connection_established') return OTHER
  const [socketId, seconds] = [own(fields, 'socket_id'), numberOf(own(fields, 'activity_timeout'))]
  const silentMs = seconds >= 1 ? Math.min(SILENT_MS, seconds * 1_000) : SILENT_MS
  return { name: 'greeting', socketId: typeof socketId === 'string' && socketId !== '' ? socketId : null, silentMs }
}

const parsed = (text: unknown): unknown => (typeof text === 'string' ? attempt(() => JSON.parse(text)) : undefined)

// JSON may name an object's `toString` and `valueOf`, and make them no functions.
const numberOf = (value: unknown): number => attempt(() => Number(value)) ?? Number.NaN

const fieldsOf = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})
