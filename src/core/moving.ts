import { type Connection, type ConnectionFact, moveConnection, notStarted } from './connection'
import type { Guard, OnError } from './emitter'
import type { CartEchoError } from './errors'
import { hasOwn } from './shape'
import { createSource, type Source } from './source'

/** The connection of a page, and what moves it. */
export interface Moving {
  readonly connection: Source<Connection>
  /** Moves it by these facts; whoever listens hears where they lead, not the steps between. */
  readonly move: (...facts: readonly ConnectionFact[]) => void
}

/** What moving needs. */
export interface MovingParts {
  readonly nowMs: () => number
  readonly guard: Guard
  /** Told first where it is going. */
  readonly goingTo: (next: Connection) => void
  /** Hears the error of each new trouble. */
  readonly report: OnError
}

/** A connection before anything happened. */
export const createMoving = ({ nowMs, guard, goingTo, report }: MovingParts): Moving => {
  const connection = createSource<Connection>('connection', notStarted(nowMs()), guard)
  const move = (...facts: readonly ConnectionFact[]): void => {
    const before = connection.get()
    const atMs = nowMs()
    const after = facts.reduce((now, fact) => moveConnection(now, fact, atMs), before)
    if (after === before) return
    goingTo(after)
    connection.set(after)
    const error = errorOf(after)
    if (error) report(error)
  }
  return { connection, move }
}

/** What is wrong with a connection, where something is. */
export const errorOf = (connection: Connection): CartEchoError | null =>
  hasOwn(connection, 'error') ? connection.error : null
