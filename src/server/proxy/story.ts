import type { ConnectionEnd, ConnectionEvent } from './log'

/** A connection's log while it is being written. */
export interface Story {
  note(event: ConnectionEvent): void
  /** Notes whose doing it will have been when the connection is over. The first word counts. */
  suspect(end: ConnectionEnd): void
  /** The connection is over: by what is given, else by whoever was suspected. Only the first end counts. */
  end(end?: ConnectionEnd): void
  isOpen(): boolean
  events(): readonly ConnectionEvent[]
}

/** The story of a connection that was accepted at this moment. */
export const createStory = (): Story => {
  const events: ConnectionEvent[] = [{ kind: 'opened', atMs: Date.now() }]
  let [suspected, isOpen]: [ConnectionEnd, boolean] = [{ by: 'proxy' }, true]
  return {
    note: (event) => {
      if (isOpen) events.push(event)
    },
    suspect: (end) => {
      if (suspected.by === 'proxy') suspected = end
    },
    end: (end = suspected) => {
      if (isOpen) events.push({ kind: 'ended', atMs: Date.now(), end })
      isOpen = false
    },
    isOpen: () => isOpen,
    events: () => events.slice(),
  }
}
