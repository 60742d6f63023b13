import type { ChangeListener } from './cart-echo'
import type { Memory } from './customer'
import type { Emitter, Guard, Source } from './emitter'
import type { Stop } from './environment'
import type { CartEventMap, CartEventName, Change, ChangeMeta } from './events'
import { mayComeAgain } from './payload'

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
  unread: isRead ? news.unread : [...news.unread.slice(1 - MOST_UNREAD), change],
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

/** What a listener hears from. */
interface Hearing {
  /** Emits each change with the memory of the customer it is for. */
  readonly emitter: Emitter<Record<string, [Change, Memory]>>
  readonly guard: Guard
  readonly news: Source<News>
  /** The memory of whoever is looking now: what is for another one is not heard. */
  readonly now: () => Memory
}

/**
 * Adds a listener for the changes of one name. With `replay` it hears what is unread first; a change that arrives or is being
 * told meanwhile is heard once, in its place. Returns the function that removes it.
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
  // Looked up anew each time: a listener may dismiss, or log out.
  const next = (): Change | undefined => (catchingUp && now() === mine ? news.get().unread.find(isNext) : undefined)
  for (let change = next(); change; change = next()) {
    const unread = change
    caughtUp.add(unread)
    guard(name, () => call(unread))
  }
  catchingUp = false
  return off
}
