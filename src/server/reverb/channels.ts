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
