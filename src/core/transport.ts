import type { Answer } from './answer'
import type { ConnectionFact } from './connection'
import type { Cursor } from './cursor'
import type { Stop } from './environment'

/** Why something may be missing: a channel was (re)subscribed. */
export type GapReason = 'subscribed'

/** Where a transport puts what it has. After `stop` nothing put here has any effect. */
export interface Sink {
  /** A broadcast as it came from the socket, undecoded. */
  deliver(event: string, payload: unknown): void
  /** What the check said. */
  answer(answer: Answer): void
  /** Something may be missing. The inbox, which alone knows the cursor, asks. */
  gap(why: GapReason): void
  /** What moves the connection. */
  state(fact: ConnectionFact): void
}

/** What is asked of the check. */
export interface Query {
  readonly since: Cursor | null
}

/** A running transport. */
export interface Link {
  /** Ends it: no timer, listener, request or socket of ours is left. Calling it again does nothing. */
  readonly stop: Stop
  /** Asks the log. Left out by transports that only listen: then nothing is asked, and a hole is only waited for. */
  readonly ask?: ((query: Query) => Promise<Answer>) | undefined
}

/** Starts to feed a page. It never throws: what goes wrong becomes a fact. */
export type Transport = (sink: Sink) => Link
