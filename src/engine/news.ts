import type { ChangeListener } from './cart-echo'
import type { Memory } from './customer'
import type { Emitter, Guard, Source } from './emitter'
import type { Stop } from './environment'
import type { CartEventMap, CartEventName, Change, ChangeMeta } from './events'
import { mayComeAgain } from './payload'

/** The changes that the shopper may not have seen yet. */
export interface News {
  /** The newest change of this visit; null before the first. */
  readonly last: Change | null
  /** Changes not dismissed yet, oldest first: the newest 20 at most. */
  readonly unread: readonly Change[]
  /** True when the page's cart may be outdated and no delivered change says how. Ends after `onRefresh`, or by `identify()` with a newer cursor or none. */
  readonly stale: boolean
  /**
   * Set when the page came back from the back/forward cache with unread changes: somebody else may be looking since this time, as `Date.now()`; `Infinity`
   * while the page is in the cache. Do not show older changes until it is removed: when the check has named the page's owner, or by `identify()`.
   */
  readonly unconfirmedSinceMs?: number | undefined
}

const MOST_UNREAD = 20
/** How many keys of changes read in other tabs are remembered. */
const MOST_READ = 100

/** No news at all. */
export const noNews: News = Object.freeze({ last: null, unread: Object.freeze([]), stale: false })

/** The news with one more change; a change that was already read in another tab is not unread. */
export const withChange = (news: News, change: Change, isRead = false): News => ({
  ...news,
  last: change,
  unread: isRead ? news.unread : [...news.unread.slice(1 - MOST_UNREAD), change],
})

/** The news with the changes of these keys marked as read; by default all. Returns the same object when none of them was unread. */
export const dismissed = (news: News, keys: readonly string[] = keysOf(news)): News => {
  const unread = news.unread.filter(({ meta }) => !keys.includes(meta.key))
  return unread.length === news.unread.length ? news : { ...news, unread }
}

/** The keys of changes read in other tabs, with these added; except keys that another change may have later. */
export const withRead = (read: readonly string[], keys: readonly string[]): readonly string[] =>
  [...read, ...keys.filter((key) => !mayComeAgain(key))].slice(-MOST_READ)

/** The keys of the unread changes. */
export const keysOf = ({ unread }: News): string[] => unread.map(({ meta }) => meta.key)

/** The news with `stale` set. Returns the same object when it was set so before. */
export const markStale = (news: News, stale: boolean): News => (news.stale === stale ? news : { ...news, stale })

/** The news of a page that somebody else may be looking at since a time. With nothing unread there is nothing to hide. */
export const unconfirmed = (news: News, sinceMs: number): News =>
  news.unread.length === 0 ? confirmed(news) : { ...news, unconfirmedSinceMs: sinceMs }

/** The news of a page whose customer was known at a time. Returns the same object when there was no doubt, or when the doubt is newer. */
export const confirmed = (news: News, asOfMs = Number.POSITIVE_INFINITY): News => {
  const { unconfirmedSinceMs: sinceMs, ...known } = news
  return sinceMs === undefined || asOfMs < sinceMs ? news : known
}

/** What `hear` needs. */
interface Hearing {
  /** Emits each change with the memory of the customer it is for. */
  readonly emitter: Emitter<Record<string, [Change, Memory]>>
  readonly guard: Guard
  readonly news: Source<News>
  /** The memory of the current customer: changes of another one are not delivered. */
  readonly now: () => Memory
}

/**
 * Adds a listener for the changes of one name. With `replay` it first gets the unread changes; a change that arrives or is being
 * delivered meanwhile reaches it once, in order. Returns the function that removes it.
 */
export const hear = <Name extends CartEventName>(
  { emitter, guard, news, now }: Hearing,
  name: Name,
  listener: ChangeListener<Name>,
  replay: boolean,
): Stop => {
  const caughtUp = new Set<Change>()
  let catchingUp = replay
  const call = ({ change, meta }: Change): void => listener(change as CartEventMap[Name], meta as ChangeMeta<Name>)
  const off = emitter.on(name, (change, whose) => {
    if (whose === now() && !catchingUp && !caughtUp.has(change)) call(change)
  })
  const mine = now()
  const isNext = (change: Change): boolean => change.event === name && !caughtUp.has(change)
  // Looked up each time: a listener may dismiss changes, or log out.
  const next = (): Change | undefined => (catchingUp && now() === mine ? news.get().unread.find(isNext) : undefined)
  for (let change = next(); change; change = next()) {
    const unread = change
    caughtUp.add(unread)
    guard(name, () => call(unread))
  }
  catchingUp = false
  return off
}
