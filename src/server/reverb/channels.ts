import type { Connection } from './connection'

/** Who listens to what. */
export interface Channels {
  /** Puts a connection on a channel. A second time changes nothing: each event is delivered once. */
  join(connection: Connection, channel: string): void
  leave(connection: Connection, channel: string): void
  leaveAll(connection: Connection): void
  has(connection: Connection, channel: string): boolean
  /** Every connection that is on a channel, once. */
  subscribed(): ReadonlySet<Connection>
  /** Sends a frame to everyone on a channel but `except`. */
  send(channel: string, frame: string, except?: Connection | undefined): void
}

/** An empty register of channels. A channel is there as long as somebody is on it. */
export const createChannels = (): Channels => {
  const members = new Map<string, Set<Connection>>()

  const leave = (connection: Connection, channel: string): void => {
    const rest = members.get(channel)
    rest?.delete(connection)
    if (rest?.size === 0) members.delete(channel)
  }

  return {
    join: (connection, channel) => {
      members.set(channel, (members.get(channel) ?? new Set()).add(connection))
    },
    leave,
    leaveAll: (connection) => {
      for (const channel of [...members.keys()]) leave(connection, channel)
    },
    has: (connection, channel) => members.get(channel)?.has(connection) ?? false,
    subscribed: () => new Set([...members.values()].flatMap((connections) => [...connections])),
    send: (channel, frame, except) => {
      for (const connection of members.get(channel) ?? []) if (connection !== except) connection.send(frame)
    },
  }
}
