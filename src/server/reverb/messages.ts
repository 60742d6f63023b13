import type { Channels } from './channels'
import { type ClientMessage, decodeClientMessage } from './client-message'
import type { Connection } from './connection'
import { ERROR_FRAMES, PONG_FRAME, whisperFrame } from './frames'
import { isId } from './presence'
import type { RunningApplication } from './running-application'

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
