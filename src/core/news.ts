import type { Change } from './events'
import { mayComeAgain } from './identity'

/** What the shopper may not know yet. */
export interface News {
  /** The newest change of this visit; null before the first. */
  readonly last: Change | null
  /** Changes not dismissed yet, oldest first, the newest 20. */
  readonly unread: readonly Change[]
  /** True when the cart on the page may be older than the server's and no change told says how. Ends when `onRefresh` has run, or by `identify()` with a newer cursor, or without one on a page that has none. */
  readonly stale: boolean
  /**
   * Somebody else may be looking since then: the page came back by the back/forward cache with news in it. `Infinity` while it is away. What came before is not to be
   * shown until the check has named the page's owner, or `identify()` was called: then this is left out, as it is as a rule.
   */
  readonly unconfirmedSinceMs?: number | undefined
}

const MOST_UNREAD = 20
/** As many as may be unread, for a while. */
const MOST_READ = 100

/** No news at all. */
export const noNews: News = Object.freeze({ last: null, unread: Object.freeze([]), stale: false })

/** The news with one change more; one that was read elsewhere already is not unread. */
export const withChange = (news: News, change: Change, isRead = false): News => ({
  ...news,
  last: change,
  unread: isRead ? news.unread : [...news.unread, change].slice(-MOST_UNREAD),
})

/** The news with these keys read, or everything. Returns the same object when none of it was unread. */
export const dismissed = (news: News, keys: readonly string[] = keysOf(news)): News => {
  const unread = news.unread.filter(({ meta }) => !keys.includes(meta.key))
  return unread.length === news.unread.length ? news : { ...news, unread }
}

/** The keys of what was read elsewhere, with these; but for those that may be other news the next time. */
export const withRead = (read: readonly string[], keys: readonly string[]): readonly string[] =>
  [...read, ...keys.filter((key) => !mayComeAgain(key))].slice(-MOST_READ)

/** The keys of what is unread. */
export const keysOf = ({ unread }: News): string[] => unread.map(({ meta }) => meta.key)

/** The news of a page that is, or no longer is, behind the server. Returns the same object when that is known. */
export const markStale = (news: News, stale: boolean): News => (news.stale === stale ? news : { ...news, stale })

/** The news of a page that somebody else may be looking at since then. Where nothing is unread there is nothing to keep from them. */
export const unconfirmed = (news: News, sinceMs: number): News =>
  news.unread.length === 0 ? confirmed(news) : { ...news, unconfirmedSinceMs: sinceMs }

/** The news of a page whose customer is known, as of then. Returns the same object when that was so, or was known before somebody else may have come. */
export const confirmed = (news: News, asOfMs = Number.POSITIVE_INFINITY): News => {
  const { unconfirmedSinceMs: sinceMs, ...known } = news
  return sinceMs === undefined || asOfMs < sinceMs ? news : known
}
