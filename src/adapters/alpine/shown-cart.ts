import type { CartEcho } from '../../engine/cart-echo'
import type { Change } from '../../engine/events'
import type { News } from '../../engine/news'
import type { CheckOptions, CheckResult } from '../../engine/session'
import type { Connection } from '../../engine/state'

/**
 * `$cartEcho` and `$store.cartEcho`: the cart, for templates. Every function may stand in an attribute: none throws, and no promise of
 * theirs rejects. For one that does, ask the `CartEcho` itself.
 */
export interface ShownCart {
  /** How the page is fed, and why so. */
  readonly connection: Connection
  /** When it is tried again, as `cart.nextTryAtMs()` says it: a template is not evaluated anew for it. */
  readonly nextTryAtMs: () => number | null
  /** The payload of the newest change of this visit, whatever its event; null before the first. */
  readonly last: Change['change'] | null
  /** What the newest unread change that has a message says; empty when there is none. */
  readonly message: string
  /** How many changes are not dismissed yet, 20 at most. */
  readonly unread: number
  /** Those changes, oldest first; `meta.key` is a `:key` for each. */
  readonly unreadChanges: readonly Change[]
  /** True when the cart on the page may be older than the server's. */
  readonly stale: boolean
  /** Why the last `check()` or `refresh()` of this object failed, a `CartEchoError`; null when it did not. */
  readonly failure: unknown
  /** Makes sure that the page is right. Resolves with what was found, or with null: then `failure` says why. */
  readonly check: (options?: Omit<CheckOptions, 'signal'>) => Promise<CheckResult | null>
  /** Reads the cart anew, now. Resolves when that is over, with null where it failed: then `failure` says why. */
  readonly refresh: () => Promise<unknown>
  /** Marks all news as read, in the shopper's other tabs too. */
  readonly dismiss: () => void
  /** Says that this page has just changed the cart itself, and shows it. */
  readonly changedHere: () => void
}

/** The cart as a reactive object of Alpine's, kept up to date. */
export const showCart = (cart: CartEcho, reactive: <Value extends object>(value: Value) => Value): ShownCart => {
  const { connection, nextTryAtMs, news, check, refresh, dismiss, changedHere } = cart
  // A promise that rejects in an attribute is an unhandled rejection of the page's, in both builds of Alpine.
  const attempt = <Value>(promise: Promise<Value>): Promise<Value | null> => {
    const end = <Result>(result: Result, failure: unknown): Result => {
      shown.failure = failure
      return result
    }
    return promise.then(
      (value) => end(value, null),
      (cause) => end(null, cause),
    )
  }
  // Only what is written through the proxy is seen to change.
  const shown: { -readonly [Key in keyof ShownCart]: ShownCart[Key] } = reactive<ShownCart>({
    ...ofNews(news.get()),
    connection: connection.get(),
    nextTryAtMs,
    failure: null,
    check: (options) => attempt(check(options)),
    refresh: () => attempt(refresh()),
    dismiss,
    changedHere,
  })
  connection.subscribe((connection) => {
    shown.connection = connection
  })
  news.subscribe((news) => void Object.assign(shown, ofNews(news)))
  return shown
}

const ofNews = ({ last, unread, stale }: News) => ({
  last: last?.change ?? null,
  message: unread.map(messageOf).filter(Boolean).at(-1) ?? '',
  unread: unread.length,
  unreadChanges: unread,
  stale,
})

// An event of the page's own may have none, or something else by that name.
const messageOf = ({ change: { message } }: { change: { message?: unknown } }): string =>
  typeof message === 'string' ? message : ''
