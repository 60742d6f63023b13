import { isYoung } from './clock'
import type { SettableSource, Source } from './emitter'
import type { Environment, Stop } from './environment'
import type { CartEchoError } from './errors'
import { markStale, type News } from './news'
import { onChange } from './on-change'
import { createRefresher, type Refresh, type Refresher, type RefresherParts, type RefreshOptions } from './refresh'
import type { Connection } from './state'

/** Opens and closes: what waits for it does not run by itself meanwhile. */
export interface Gate {
  readonly isOpen: () => boolean
  /** Calls whenever it opens, until stopped. */
  readonly whenOpen: (opened: () => void) => Stop
}

/** Closed while nothing works: the server is probably away, and the cart with it. */
export const whileAnythingWorks = (connection: Source<Connection>): Gate => ({
  isOpen: () => connection.get().name !== 'waiting',
  whenOpen: (opened) =>
    onChange(connection, ({ name }) => {
      if (name !== 'waiting') opened()
    }),
})

/** All refreshes of a page. */
export interface Refreshers {
  /** Adds one. Returns the function that removes it. What one had not run yet when it was removed, or nobody was there for, the next begins with. */
  readonly add: (parts: Omit<RefresherParts, 'done'>) => Stop
  readonly want: (spreadMs?: number) => void
  /** Runs at once what is wanted. Rejects with the first that failed. */
  readonly flush: () => Promise<void>
  /** Runs all of them at once, wanted or not. */
  readonly run: () => Promise<void>
  /** True while one of them runs. */
  readonly isRunning: () => boolean
  readonly reset: Stop
}

/** None yet. `done` is called when all have run, and nothing more is wanted. */
export const createRefreshers = (done: () => void): Refreshers => {
  const all = new Set<Refresher>()
  // A page that puts another component in place removes its refresh, which had not run yet, before it adds the next; and news may come in between.
  let isOwed = false
  const each = (act: (refresher: Refresher) => void): void => {
    for (const refresher of [...all]) act(refresher)
  }
  const flush = async (): Promise<void> => {
    await Promise.all([...all].map((refresher) => refresher.flush()))
  }
  const doneIfAll = (): void => {
    if (all.size > 0 && [...all].every(({ isDone }) => isDone())) done()
  }
  return {
    add: (parts) => {
      const refresher = createRefresher({ ...parts, done: doneIfAll })
      all.add(refresher)
      if (isOwed) refresher.want()
      isOwed = false
      return () => {
        const owed = !refresher.isDone()
        refresher.reset()
        if (!all.delete(refresher) || !owed) return
        isOwed = true
        // The others may have run already, and waited for this one only.
        doneIfAll()
      }
    },
    want: (spreadMs) => {
      if (all.size === 0) isOwed = true
      each(({ want }) => want(spreadMs))
    },
    flush,
    run: () => {
      each(({ want }) => want(0))
      return flush()
    },
    isRunning: () => [...all].some(({ isRunning }) => isRunning()),
    reset: () => {
      isOwed = false
      each(({ reset }) => reset())
    },
  }
}

/** Keeps the cart on the page as new as its news: by its refreshes, and by saying in the news where it may be older. */
export interface Refreshing extends Omit<Refreshers, 'add'> {
  readonly add: (refresh: Refresh, options: RefreshOptions) => Stop
  /** The cart on the page may be older than the server's: it is read anew. */
  readonly beStale: (spreadMs?: number) => void
  /** It is not, or not any more. */
  readonly beFresh: () => void
  /** Reads it anew if it is known to be older, as when a page begins to listen. */
  readonly catchUp: () => void
  /** The server is known to be there: what failed too often is tried again, unless it was lately. */
  readonly confirmed: () => void
  /** Leaves off until somebody is logged in again: the cart of nobody cannot be read. */
  readonly putOff: () => void
}

/** What refreshing needs. */
interface RefreshingParts {
  readonly environment: Environment
  readonly news: SettableSource<News>
  readonly gate: Gate
  /** The newest place told, as `epoch:seq`. */
  readonly cursor: () => string | null
  /** Asked before each run. Must not throw. */
  readonly mayRun: () => boolean
  /** All have run. */
  readonly done: () => void
  readonly report: (error: CartEchoError) => void
}

/** How long a cart that could not be read is left alone, unless there is news. */
const LEFT_ALONE_MS = 120_000

/** Nothing to run yet, nothing wanted. */
export const createRefreshing = ({ news, done, report, ...parts }: RefreshingParts): Refreshing => {
  const { nowMs } = parts.environment
  let failedAtMs = Number.NEGATIVE_INFINITY

  const mark = (isStale: boolean): void => news.set(markStale(news.get(), isStale))

  const refreshers = createRefreshers(() => {
    done()
    mark(false)
  })

  const failed = (error: CartEchoError): void => {
    failedAtMs = nowMs()
    mark(true)
    report(error)
  }

  const catchUp = (): void => {
    if (news.get().stale) refreshers.want()
  }

  return {
    ...refreshers,
    add: (refresh, options) => refreshers.add({ ...parts, refresh, options, report: failed }),
    beStale: (spreadMs) => {
      refreshers.want(spreadMs)
      mark(true)
    },
    beFresh: () => mark(false),
    catchUp,
    confirmed: () => {
      if (!isYoung(failedAtMs, nowMs(), LEFT_ALONE_MS)) catchUp()
    },
    putOff: () => {
      refreshers.reset()
      mark(true)
    },
  }
}
