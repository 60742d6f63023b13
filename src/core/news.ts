import type { Change } from './events'

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

/** No news at all. */
export const noNews: News = Object.freeze({ last: null, unread: Object.freeze([]), stale: false })

/** The news with one change more. */
export const withChange = (news: News, change: Change): News => ({
  ...news,
  last: change,
  unread: [...news.unread, change].slice(-MOST_UNREAD),
})

/** The news with everything read. Returns the same object when nothing was unread. */
export const dismissed = (news: News): News => (news.unread.length === 0 ? news : { ...news, unread: [] })

/** The news of a page that is, or no longer is, behind the server. Returns the same object when that is known. */
export const markStale = (news: News, stale: boolean): News => (news.stale === stale ? news : { ...news, stale })
