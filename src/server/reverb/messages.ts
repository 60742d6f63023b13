import { isAllowedOrigin, type RunningApplication } from './application'
import { type Channels, isId } from './channels'
import { type ClientMessage, decodeClientMessage } from './client-message'
import type { Connection } from './connection'
import { ERROR_FRAMES, establishedFrame, PONG_FRAME, whisperFrame } from './frames'

/** Does what a client's message asks for. Gives the frames Reverb answers with, none when it says nothing. Never throws. */
export const receive = (application: RunningApplication, connection: Connection, text: string): readonly string[] => {
  const { subscriptions } = application
  const message = decodeClientMessage(text)
  switch (message?.kind) {
    case undefined:
      return [ERROR_FRAMES.invalidMessage]
    case 'subscribe':
      return subscriptions.subscribe(connection, message)
    case 'unsubscribe':
      subscriptions.unsubscribe(connection, message.channel)
      return []
    case 'ping':
      return [PONG_FRAME]
    case 'whisper':
      return whisper(application, connection, message)
    case 'pong':
    case 'forged':
      return []
  }
}

const whisper = (
  { settings, channels }: RunningApplication,
  connection: Connection,
  message: ClientMessage & { kind: 'whisper' },
): readonly string[] => {
  if (settings.clientEvents === 'off') return [ERROR_FRAMES.whispersOff]
  if (!channels.has(connection, message.channel)) return [ERROR_FRAMES.notMember]
  channels.send(message.channel, whisperFrame(message, speakerOf(channels, connection, message.channel)), connection)
  return []
}

const speakerOf = (channels: Channels, connection: Connection, channel: string): string | number | undefined => {
  const userId = channels.member(connection, channel)?.user_id
  return isId(userId) ? userId : undefined
}

/**
 * The first frame of a connection. One over the quota or from a foreign origin is told so and gets no socket id, but
 * nothing else sets it apart: it stays open and may subscribe to public channels. Recorded: Reverb 1.10.2.
 */
export const firstFrame = (
  { settings, channels }: RunningApplication,
  socketId: string,
  origin: string | undefined,
): string => {
  const { maxConnections, allowedOrigins, activityTimeoutS } = settings
  if (maxConnections !== null && channels.subscribed().size >= maxConnections) return ERROR_FRAMES.overQuota
  if (!isAllowedOrigin(allowedOrigins, origin)) return ERROR_FRAMES.originNotAllowed
  return establishedFrame(socketId, activityTimeoutS)
}
