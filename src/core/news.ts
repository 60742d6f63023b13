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
