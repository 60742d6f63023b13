import { parseJson } from '../http/call'
import type { Connection } from './connection'

/** What a signed `channel_data` says of who joins: `user_id` and `user_info`. Empty for those who say nothing. */
export type Member = Readonly<Record<string, unknown>>

/** Who listens to what. */
export interface Channels {
  /** Puts a connection on a channel. A second time changes nothing but the member: each event is delivered once. */
  join(connection: Connection, channel: string, member?: Member | undefined): void
  leave(connection: Connection, channel: string): void
  has(connection: Connection, channel: string): boolean
  /** What a connection on a channel has said of itself; null when it is not there. */
  member(connection: Connection, channel: string): Member | null
  /** Every channel that somebody is on, in the order of their first joins. */
  names(): readonly string[]
  /** The connections on a channel, in the order they came. */
  connections(channel: string): readonly Connection[]
  /** What was said by those on a channel, one for each connection. */
  members(channel: string): readonly Member[]
  /** Every connection that is on a channel, once. */
  subscribed(): ReadonlySet<Connection>
  /** Sends a frame to everyone on a channel but `except`, and keeps it as the channel's last one. */
  send(channel: string, frame: string, except?: Connection | undefined): void
  /** Sends a frame in the same way, and does not keep it. */
  announce(channel: string, frame: string, except?: Connection | undefined): void
  /** The last frame sent to a channel since somebody is on it; null when there is none. */
  last(channel: string): string | null
}

interface Room {
  readonly members: Map<Connection, Member>
  lastFrame: string | null
}

/** An empty register of channels. A channel, with its last frame, is there as long as somebody is on it. */
export const createChannels = (): Channels => {
  const rooms = new Map<string, Room>()
  const open = (channel: string): Room => {
    const room = rooms.get(channel) ?? { members: new Map(), lastFrame: null }
    rooms.set(channel, room)
    return room
  }

  const announce: Channels['announce'] = (channel, frame, except) => {
    // A copy: whoever is sent something may leave by it.
    for (const connection of [...(rooms.get(channel)?.members.keys() ?? [])]) {
      if (connection !== except) connection.send(frame)
    }
  }

  return {
    join: (connection, channel, member = {}) => {
      open(channel).members.set(connection, member)
    },
    leave: (connection, channel) => {
      const room = rooms.get(channel)
      room?.members.delete(connection)
      if (room?.members.size === 0) rooms.delete(channel)
    },
    has: (connection, channel) => rooms.get(channel)?.members.has(connection) ?? false,
    member: (connection, channel) => rooms.get(channel)?.members.get(connection) ?? null,
    names: () => [...rooms.keys()],
    connections: (channel) => [...(rooms.get(channel)?.members.keys() ?? [])],
    members: (channel) => [...(rooms.get(channel)?.members.values() ?? [])],
    subscribed: () => new Set([...rooms.values()].flatMap(({ members }) => [...members.keys()])),
    send: (channel, frame, except) => {
      const room = rooms.get(channel)
      if (room) room.lastFrame = frame
      announce(channel, frame, except)
    },
    announce,
    last: (channel) => rooms.get(channel)?.lastFrame ?? null,
  }
}

/** What the name of a channel says about it. */
interface ChannelKind {
  /** One needs a signature. */
  readonly guarded: boolean
  /** Who is there is told to those who are there. */
  readonly presence: boolean
  /** The last event is told to whoever comes. */
  readonly cached: boolean
}

const kind = (...words: readonly (keyof ChannelKind)[]): ChannelKind => ({
  guarded: words.includes('guarded'),
  presence: words.includes('presence'),
  cached: words.includes('cached'),
})

const KINDS: readonly (readonly [prefix: string, kind: ChannelKind])[] = [
  ['private-cache-', kind('guarded', 'cached')],
  ['presence-cache-', kind('guarded', 'presence', 'cached')],
  ['cache', kind('cached')],
  ['private', kind('guarded')],
  ['presence', kind('guarded', 'presence')],
]

/**
 * The kind of a channel. As in Reverb the dash does not count: `privateers` needs a signature, `cached` is a cache
 * channel. Source: laravel/reverb, `ChannelBroker`.
 */
export const kindOf = (channel: string): ChannelKind =>
  KINDS.find(([prefix]) => channel.startsWith(prefix))?.[1] ?? kind()

/** Who is on a presence channel, as those who join are told. Source: Pusher protocol. */
interface Presence {
  readonly count: number
  readonly ids: readonly unknown[]
  /** `user_info` by `user_id`; an empty list when nobody is there, as PHP writes it. */
  readonly hash: Readonly<Record<string, unknown>> | readonly never[]
}

/** True when one of the members is that user. Nobody is the user without an id. */
export const isPresent = (members: readonly Member[], userId: unknown): boolean =>
  isId(userId) && members.some((member) => String(member.user_id) === String(userId))

/** Each user once, however many connections they have. */
export const usersAmong = (members: readonly Member[]): readonly Member[] =>
  members.filter(({ user_id }, index) => members.findIndex((other) => other.user_id === user_id) === index)

/**
 * The presence of the members of a channel; nobody's, when one of them has no id. Source: laravel/reverb,
 * `InteractsWithPresenceChannels`.
 */
export const presenceOf = (members: readonly Member[]): Presence => {
  const present = usersAmong(members)
  if (present.length === 0 || !present.every(({ user_id }) => isId(user_id))) return { count: 0, ids: [], hash: [] }
  return {
    count: present.length,
    ids: present.map(({ user_id }) => user_id),
    hash: Object.fromEntries(present.map(({ user_id, user_info }) => [String(user_id), user_info ?? null])),
  }
}

/** True for what can be a user's id: a filled string or a number. */
export const isId = (value: unknown): value is string | number =>
  (typeof value === 'string' && value !== '') || typeof value === 'number'

/** What publishers are told of a channel. What was not asked for, or does not fit its kind, is left out. */
interface ChannelInfo {
  readonly occupied?: boolean | undefined
  readonly user_count?: number | undefined
  readonly subscription_count?: number | undefined
  readonly cache?: unknown
}

/**
 * Looks up what is asked of a channel, by commas. Presence channels count users, all others subscriptions. Recorded:
 * Reverb 1.10.2; source: laravel/reverb, `InteractsWithChannelInformation`.
 */
export const channelInfo = (channels: Channels, channel: string, asked: string): ChannelInfo => {
  const [wants, { presence, cached }] = [asked.split(','), kindOf(channel)]
  const members = channels.members(channel)
  const wanted = (name: string, isOurs: boolean): boolean => wants.includes(name) && isOurs
  const isThere = members.length > 0
  return {
    ...(wants.includes('occupied') && { occupied: isThere }),
    ...(wanted('user_count', isThere && presence) && { user_count: usersAmong(members).length }),
    ...(wanted('subscription_count', isThere && !presence) && { subscription_count: members.length }),
    ...(wanted('cache', cached && channels.last(channel) !== null) && {
      cache: parseJson(channels.last(channel) ?? ''),
    }),
  }
}

/** The same of several channels, by name; an empty list of none, as PHP writes it. */
export const channelInfos = (channels: Channels, names: readonly string[], asked: string): unknown =>
  names.length === 0 ? [] : Object.fromEntries(names.map((name) => [name, channelInfo(channels, name, asked)]))
