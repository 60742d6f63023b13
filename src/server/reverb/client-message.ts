import { isObject, parseJson } from '../http/fields'
import type { Whisper } from './frames'

/** What a client can say. `forged` is an event only the server may send: it is dropped without a word. */
export type ClientMessage =
  | { readonly kind: 'subscribe'; readonly channel: string; readonly auth: string }
  | { readonly kind: 'unsubscribe'; readonly channel: string }
  | { readonly kind: 'ping' | 'pong' | 'forged' }
  | ({ readonly kind: 'whisper' } & Whisper)

/** Reads a client's message; null when Reverb would call it an invalid format (4200). Never throws. */
export const decodeClientMessage = (text: string): ClientMessage | null => {
  const frame = parseJson(text)
  if (!isObject(frame) || typeof frame.event !== 'string') return null
  if (!frame.event.startsWith('pusher:')) return clientEvent(frame.event, frame.channel, frame.data)
  return protocolMessage(frame.event.slice('pusher:'.length), isObject(frame.data) ? frame.data : {})
}

const protocolMessage = (name: string, data: Readonly<Record<string, unknown>>): ClientMessage | null => {
  if (name === 'ping' || name === 'pong') return { kind: name }
  if (typeof data.channel !== 'string') return null
  if (name === 'unsubscribe') return { kind: 'unsubscribe', channel: data.channel }
  if (name !== 'subscribe') return null
  return { kind: 'subscribe', channel: data.channel, auth: typeof data.auth === 'string' ? data.auth : '' }
}

const clientEvent = (event: string, channel: unknown, data: unknown): ClientMessage | null => {
  if (typeof channel !== 'string') return null
  if (data !== undefined && typeof data !== 'object') return null
  return event.startsWith('client-') ? { kind: 'whisper', event, channel, data: data ?? null } : { kind: 'forged' }
}
