import { ACTIVITY_TIMEOUT_S } from './application'

/** The first frame: the socket's id, and after how much silence to ping. `data` is a string. Recorded: Reverb 1.10.2. */
export const establishedFrame = (socketId: string): string =>
  JSON.stringify({
    event: 'pusher:connection_established',
    data: JSON.stringify({ socket_id: socketId, activity_timeout: ACTIVITY_TIMEOUT_S }),
  })

/** Says that a subscription is on. Recorded: Reverb 1.10.2. */
export const subscribedFrame = (channel: string): string =>
  JSON.stringify({ event: 'pusher_internal:subscription_succeeded', data: '{}', channel })

/** An event for a channel's subscribers; `data` is JSON in a string. Recorded: Reverb 1.10.2. */
export const eventFrame = (event: string, data: string, channel: string): string =>
  JSON.stringify({ event, data, channel })

/** What one client tells the others on a channel. */
export interface Whisper {
  readonly event: string
  readonly channel: string
  readonly data: unknown
}

/** A client's event for the others on a channel; `data` is JSON, not a string. Recorded: Reverb 1.10.2. */
export const whisperFrame = ({ event, channel, data }: Whisper): string => JSON.stringify({ event, channel, data })

/** Asks for a sign of life. No `data`. Recorded: Reverb 1.10.2. */
export const PING_FRAME = JSON.stringify({ event: 'pusher:ping' })

/** Gives a sign of life. No `data`. Recorded: Reverb 1.10.2. */
export const PONG_FRAME = JSON.stringify({ event: 'pusher:pong' })

const errorFrame = (code: number, message: string): string =>
  JSON.stringify({ event: 'pusher:error', data: JSON.stringify({ code, message }) })

/** Every error a client can be told, by what it means; none names its channel. Recorded: Reverb 1.10.2. */
export const ERROR_FRAMES = {
  unknownApplication: errorFrame(4001, 'Application does not exist'),
  unauthorized: errorFrame(4009, 'Connection is unauthorized'),
  notMember: errorFrame(4009, 'The client is not a member of the specified channel.'),
  invalidMessage: errorFrame(4200, 'Invalid message format'),
  pongNotReceived: errorFrame(4201, 'Pong reply not received in time'),
} as const
