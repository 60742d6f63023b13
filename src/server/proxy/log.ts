import type { Direction, ProxyFault } from './fault'

/** How a connection ended, and whose doing it was. */
export type ConnectionEnd =
  /** One side ended it: in order (FIN), or by a reset. */
  | { readonly by: 'client' | 'target'; readonly how: 'end' | 'reset' }
  /** The target could not be reached; the client saw a reset. */
  | { readonly by: 'target'; readonly how: 'unreachable'; readonly code: string }
  | { readonly by: 'fault'; readonly fault: ProxyFault }
  /** The proxy was closed. */
  | { readonly by: 'proxy' }

/** Something that happened to a connection. */
export type ConnectionEvent =
  | { readonly kind: 'opened'; readonly atMs: number }
  /** The target accepted it. */
  | { readonly kind: 'reached'; readonly atMs: number }
  | { readonly kind: 'struck'; readonly atMs: number; readonly fault: ProxyFault }
  | { readonly kind: 'lifted'; readonly atMs: number; readonly fault: ProxyFault }
  | { readonly kind: 'ended'; readonly atMs: number; readonly end: ConnectionEnd }

/** One connection's story so far. */
export interface ConnectionLog {
  /** 1 for the first since the proxy was started. */
  readonly id: number
  readonly isOpen: boolean
  /** Bytes passed on, each way. */
  readonly passed: Readonly<Record<Direction, number>>
  /** In the order in which they happened. */
  readonly events: readonly ConnectionEvent[]
}

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
