import type { Environment, Stop } from './environment'
import type { CartEchoError } from './errors'
import type { Gate } from './gate'
import { isYoung } from './moment'
import { markStale, type News } from './news'
import type { Refresh, RefreshOptions } from './refresh'
import { createRefreshers, type Refreshers } from './refreshers'
import type { SettableSource } from './source'

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
export interface RefreshingParts {
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
