import type { CartEcho } from '../../engine/cart-echo'
import type { Change } from '../../engine/events'
import type { News } from '../../engine/news'
import type { CheckOptions, CheckResult } from '../../engine/session'
import type { Connection } from '../../engine/state'

/**
 * The cart in templates: `$cartEcho` and `$store.cartEcho`. Its functions never throw, and their promises never reject, so they may be
 * called in attributes. To handle errors yourself, use the `CartEcho`.
 */
export interface ShownCart {
  /** How the page gets its changes now, and why that way. */
  readonly connection: Connection
  /** When the next try is, as `cart.nextTryAtMs()`. Not reactive: a template is not updated for it. */
  readonly nextTryAtMs: () => number | null
  /** The payload of the newest change of this visit, whatever its event; null before the first. */
  readonly last: Change['change'] | null
  /** The message of the newest unread change that has one; empty when none has. */
  readonly message: string
  /** How many changes are unread, 20 at most. */
  readonly unread: number
  /** The unread changes, oldest first; `meta.key` can be the `:key` of each. */
  readonly unreadChanges: readonly Change[]
  /** True when the cart on the page may be older than the server's. */
  readonly stale: boolean
  /** Why the last `check()` or `refresh()` that was called here failed, a `CartEchoError`; null when it succeeded. */
  readonly failure: unknown
  /** Makes sure that the page is up to date. Resolves with what was found, or with null: then `failure` says why. */
  readonly check: (options?: Omit<CheckOptions, 'signal'>) => Promise<CheckResult | null>
  /** Reloads the cart now. Resolves when that is over, with null when it failed: then `failure` says why. */
  readonly refresh: () => Promise<unknown>
  /** Marks all news as read, in the shopper's other tabs too. */
  readonly dismiss: () => void
  /** Says that this page has just changed the cart itself and already shows it. */
  readonly changedHere: () => void
}

/** The cart as a reactive object of Alpine, kept up to date. */
export const showCart = (cart: CartEcho, reactive: <Value extends object>(value: Value) => Value): ShownCart => {
  const { connection, nextTryAtMs, news, check, refresh, dismiss, changedHere } = cart
  // A promise that rejects in an attribute would be an unhandled rejection, in both builds of Alpine.
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
  // Alpine notices only what is written through the proxy.
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

// An event of your own may have no message, or one that is not a string.
const messageOf = ({ change: { message } }: { change: { message?: unknown } }): string =>
  typeof message === 'string' ? message : ''
