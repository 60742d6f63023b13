import type { Application } from './application'
import type { Channels } from './channels'
import { decodeClientMessage } from './client-message'
import type { Connection } from './connection'
import { ERROR_FRAMES, PONG_FRAME, subscribedFrame, whisperFrame } from './frames'
import { isChannelAuth } from './signature'

/** What a message is judged by. */
export interface Reception {
  readonly application: Application
  readonly channels: Channels
}

/** Does what a client's message asks for. Gives the frame Reverb answers with, null when it says nothing. Never throws. */
export const receive = ({ application, channels }: Reception, connection: Connection, text: string): string | null => {
  const message = decodeClientMessage(text)
  switch (message?.kind) {
    case undefined:
      return ERROR_FRAMES.invalidMessage
    case 'subscribe':
      if (!mayJoin(application, connection, message)) return ERROR_FRAMES.unauthorized
      channels.join(connection, message.channel)
      return subscribedFrame(message.channel)
    case 'unsubscribe':
      channels.leave(connection, message.channel)
      return null
    case 'ping':
      return PONG_FRAME
    case 'whisper':
      if (!channels.has(connection, message.channel)) return ERROR_FRAMES.notMember
      channels.send(message.channel, whisperFrame(message), connection)
      return null
    case 'pong':
    case 'forged':
      return null
  }
}

/**
 * Public channels are open to all, private ones to who holds a signature. Presence channels are not served: nobody's
 * signature is good there. Source: Pusher protocol.
 */
const mayJoin = (
  { secret }: Application,
  { socketId }: Connection,
  { channel, auth }: { readonly channel: string; readonly auth: string },
): boolean => {
  if (channel.startsWith('presence-')) return false
  return !channel.startsWith('private-') || isChannelAuth(secret, socketId, channel, auth)
}
