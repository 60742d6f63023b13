import { isObject } from '../http/call'
import { asPhpArray, readPhpJson, type Whisper } from './frames'
import type { SubscribeRequest } from './subscriptions'

/** What a client can say. `forged` is an event only the server may send: it is dropped without a word. */
export type ClientMessage =
  | ({ readonly kind: 'subscribe' } & SubscribeRequest)
  | { readonly kind: 'unsubscribe'; readonly channel: string }
  | { readonly kind: 'ping' | 'pong' | 'forged' }
  | ({ readonly kind: 'whisper' } & Whisper)

type Data = Readonly<Record<string, unknown>>

/** Reads a client's message; null when Reverb would call it an invalid format (4200). Never throws. */
export const decodeClientMessage = (text: string): ClientMessage | null => {
  const frame = readPhpJson(text)
  if (!isObject(frame) || typeof frame.event !== 'string' || frame.event.trim() === '') return null
  const data = unwrap(frame.data)
  if (!frame.event.startsWith('pusher:')) return clientEvent(frame.event, frame.channel, data)
  const fields = fieldsOf(data)
  return fields && protocolMessage(frame.event.slice('pusher:'.length), fields)
}

/** `data` may be JSON in a string, as the server itself writes it. Source: laravel/reverb, `Server::message`. */
const unwrap = (data: unknown): unknown => {
  const inner = typeof data === 'string' ? readPhpJson(data) : undefined
  return inner === undefined ? data : inner
}

/** What PHP calls empty counts as no data; anything else that has no fields is an error. */
const fieldsOf = (data: unknown): Data | null => {
  if (!data || data === '0' || Array.isArray(data)) return {}
  return isObject(data) ? data : null
}

const protocolMessage = (name: string, data: Data): ClientMessage | null => {
  if (name === 'ping' || name === 'pong') return { kind: name }
  const channel = scalar(data.channel)
  if (!channel) return null
  if (name === 'unsubscribe') return { kind: 'unsubscribe', channel }
  return name === 'subscribe' ? subscribeRequest(channel, data) : null
}

const subscribeRequest = (channel: string, data: Data): ClientMessage | null => {
  const [auth, channelData] = [scalar(data.auth ?? ''), scalar(data.channel_data ?? '')]
  if (auth === null || channelData === null) return null
  if (channelData !== '' && readPhpJson(channelData) === undefined) return null
  return { kind: 'subscribe', channel, auth, channelData }
}

/** PHP takes a number where it wants a text, and nothing else. */
const scalar = (value: unknown): string | null => {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : null
}

const clientEvent = (event: string, channel: unknown, data: unknown): ClientMessage | null => {
  if (typeof channel !== 'string' || channel.trim() === '') return null
  if (data !== undefined && typeof data !== 'object') return null
  return event.startsWith('client-')
    ? { kind: 'whisper', event, channel, data: asPhpArray(data ?? null) }
    : { kind: 'forged' }
}
