import type { RecordedSection } from '../../../src/server/conformance/recording'
import type { TranscriptEntry } from '../../../src/server/conformance/transcript'
import { isObject, parseJson } from '../../../src/server/http/call'

/** A subscription to a private channel, as the recorder made it. */
export interface RecordedSubscription {
  readonly auth: string
  readonly channel: string
}

/** What a recorded connection was greeted with, and what it subscribed to. */
export interface RecordedClient {
  readonly greeting: string
  readonly subscription: RecordedSubscription
}

/** A client whose greeting, signature and confirmation were all recorded. `C`: whoever comes back does it as this one. */
export const recordedClient = (sections: readonly RecordedSection<TranscriptEntry>[], name: string): RecordedClient => {
  const entries = sections.flatMap(({ lines }) => lines.map(({ entry }) => entry))
  const frames = entries.filter((entry) => 'socket' in entry && entry.socket === name)
  const greeting = frames.find((entry) => entry.kind === 'heard' && socketIdOf(entry.frame) !== '')
  const subscriptions = frames.map((entry) => (entry.kind === 'said' ? subscriptionOf(entry.frame) : null))
  const subscription = subscriptions.find((one) => one !== null)
  if (greeting?.kind !== 'heard' || !subscription) throw new Error(`No connection ${name} was recorded.`)
  return { greeting: greeting.frame, subscription }
}

/** What a frame says, with `data` read where it is JSON in a string. */
export const readFrame = (frame: string) => {
  const { event, channel, data } = Object(parseJson(frame)) as Record<string, unknown>
  const read = typeof data === 'string' ? parseJson(data) : data
  return { event: String(event), channel, data: isObject(read) ? read : {} }
}

/** The socket's id in a greeting; empty in any other frame. */
export const socketIdOf = (frame: string): string => {
  const { event, data } = readFrame(frame)
  return event === 'pusher:connection_established' ? String(data.socket_id) : ''
}

/** How long a connection may be silent before its client should ping, by its greeting. */
export const activityTimeoutMsOf = (greeting: string): number =>
  1_000 * Number(readFrame(greeting).data.activity_timeout)

/** The subscription to a user's channel that a frame asks for; null for any other frame, and for one without a signature. */
export const subscriptionOf = (frame: string): RecordedSubscription | null => {
  const { event, data } = readFrame(frame)
  const { auth, channel } = data
  if (event !== 'pusher:subscribe' || typeof auth !== 'string' || !String(channel).startsWith(OF_A_USER)) return null
  return { auth, channel: String(channel) }
}

const OF_A_USER = 'private-App.Models.User.'

/** The user whose private channel this is. */
export const userOf = (channel: string): string => channel.replace(OF_A_USER, '')
