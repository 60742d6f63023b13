import { type AbortSignalLike, untilAborted } from './abort'
import type { Connection } from './connection'
import { CartEchoError } from './errors'
import type { Memory } from './memory'
import type { Refreshers } from './refreshers'
import type { Session } from './session'
import { hasOwn, ownOnly } from './shape'

/** How sure a page wants to be. */
export interface CheckOptions {
  /** How old the last confirmation may be. Default 0: ask now. */
  maxAgeMs?: number | undefined
  /**
   * False: it neither runs a refresh that is wanted nor waits for one. So it may be awaited in an `onRefresh`, to see first that the
   * server answers. Default true.
   */
  refresh?: boolean | undefined
  /** Ends the waiting; the promise then rejects with its reason, as `fetch` does. */
  signal?: AbortSignalLike | undefined
}

/** What a check found. */
export interface Checked {
  /** How many changes the listeners heard meanwhile. */
  readonly found: number
  /** As of when the page is known to be right, in milliseconds of `Date.now()`. */
  readonly confirmedAtMs: number
  /**
   * Whose cart was confirmed: the owner whom the server named, who is the page's. Null where it named none, as the guide's own check does: it
   * answers for whoever is logged in now, and nobody can tell whether that is the customer whom the page was rendered for.
   */
  readonly owner: string | null
}

/** What a check works on. */
export interface CheckingParts {
  readonly nowMs: () => number
  readonly memory: () => Memory
  readonly session: () => Session | null
  readonly connection: () => Connection
  readonly refreshers: Pick<Refreshers, 'flush'>
}

/** Makes sure that the page is right: asks, lets listeners hear, runs the refresh that is wanted. */
export const createChecking =
  ({ nowMs, memory, session, connection, refreshers }: CheckingParts) =>
  async (options: CheckOptions = {}): Promise<Checked> => {
    const { maxAgeMs = 0, refresh = true, signal } = ownOnly(options)
    if (signal?.aborted) throw signal.reason
    // An age may be any, unlike what a timer waits.
    if (typeof maxAgeMs !== 'number' || !(maxAgeMs >= 0)) throw new CartEchoError('invalid-options', NO_AGE)
    const mine = memory()
    const toldBefore = mine.told
    if (!isConfirmed(mine, nowMs(), maxAgeMs)) {
      const open = session()
      if (!open) throw notListening(connection())
      await untilAborted(open.confirm(), signal)
    }
    if (refresh) await untilAborted(refreshers.flush(), signal)
    if (mine.confirmedAtMs === null || memory() !== mine) throw notListening(connection())
    return { found: mine.told - toldBefore, confirmedAtMs: mine.confirmedAtMs, owner: mine.confirmedOwner }
  }

const NO_AGE = 'check() needs maxAgeMs in milliseconds, 0 or more.'

const isConfirmed = ({ confirmedAtMs, inbox }: Memory, nowMs: number, maxAgeMs: number): boolean =>
  confirmedAtMs !== null &&
  nowMs - confirmedAtMs < maxAgeMs &&
  // A clock that was put back must not make an old confirmation young.
  nowMs >= confirmedAtMs &&
  inbox.asking.name === 'nothing' &&
  inbox.held.length === 0

const notListening = (connection: Connection): CartEchoError =>
  new CartEchoError('cannot-check', `Nothing is asked while the page is ${connection.name}: ${connection.because}.`, {
    cause: hasOwn(connection, 'error') ? connection.error : undefined,
  })
