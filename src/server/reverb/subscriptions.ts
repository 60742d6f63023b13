import { isObject } from '../http/call'
import { type Channels, isId, isPresent, kindOf, type Member, presenceOf } from './channels'
import type { Connection } from './connection'
import {
  cacheMissFrame,
  ERROR_FRAMES,
  memberAddedFrame,
  memberRemovedFrame,
  readPhpJson,
  subscribedFrame,
} from './frames'
import type { Wire } from './publication'
import { isChannelAuth } from './signature'

/** What a client says to get onto a channel. */
export interface SubscribeRequest {
  readonly channel: string
  /** `key:signature`; empty when it says nothing. */
  readonly auth: string
  /** JSON, under the signature; empty when it says nothing. */
  readonly channelData: string
}

/** The way onto channels and off them. */
export interface Subscriptions {
  /** Puts a connection on a channel, if it may. Gives the frames it is answered with. Never throws. */
  subscribe(connection: Connection, request: SubscribeRequest): readonly string[]
  /** Takes a connection off a channel; nothing happens when it is not there. */
  unsubscribe(connection: Connection, channel: string): void
  /** Takes a connection off all its channels. */
  end(connection: Connection): void
}

/** What subscriptions are judged by and kept in. */
export interface SubscriptionsOptions {
  readonly secret: string
  readonly channels: Channels
  readonly wire: Wire
}

/** The subscriptions of one application. Source: Pusher protocol; laravel/reverb, `EventHandler`. */
export const createSubscriptions = ({ secret, channels, wire }: SubscriptionsOptions): Subscriptions => {
  const mayJoin = (connection: Connection, request: SubscribeRequest): boolean => {
    if (!kindOf(request.channel).guarded) return true
    if (wire.admits?.(request.channel, connection) === false) return false
    return isChannelAuth(secret, connection.socketId, request)
  }

  const unsubscribe = (connection: Connection, channel: string): void => {
    const member = channels.member(connection, channel)
    channels.leave(connection, channel)
    if (member && kindOf(channel).presence) farewell(channels, channel, member)
  }

  return {
    subscribe: (connection, request) => {
      const { channel } = request
      if (!mayJoin(connection, request)) return [ERROR_FRAMES.unauthorized]
      const member = readMember(request.channelData)
      if (!member) return [ERROR_FRAMES.invalidMessage]
      welcome(channels, connection, channel, member)
      return [subscribedFrame(channel, greeting(channels, channel)), ...cached(channels, channel)]
    },
    unsubscribe,
    end: (connection) => {
      for (const channel of channels.names()) unsubscribe(connection, channel)
    },
  }
}

const welcome = (channels: Channels, connection: Connection, channel: string, member: Member): void => {
  const isKnown = isPresent(channels.members(channel), member.user_id)
  channels.join(connection, channel, member)
  if (kindOf(channel).presence && !isKnown) channels.announce(channel, memberAddedFrame(channel, member), connection)
}

const farewell = (channels: Channels, channel: string, { user_id: userId }: Member): void => {
  if (!isId(userId) || isPresent(channels.members(channel), userId)) return
  // Sent, and thereby kept by a presence cache channel, as Reverb does.
  channels.send(channel, memberRemovedFrame(channel, userId))
}

const greeting = (channels: Channels, channel: string): unknown =>
  kindOf(channel).presence ? { presence: presenceOf(channels.members(channel)) } : {}

const cached = (channels: Channels, channel: string): readonly string[] =>
  kindOf(channel).cached ? [channels.last(channel) ?? cacheMissFrame(channel)] : []

const readMember = (channelData: string): Member | null => {
  if (channelData === '') return {}
  const data = readPhpJson(channelData)
  if (Array.isArray(data)) return {}
  return isObject(data) ? data : null
}
