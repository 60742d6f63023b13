import type { Source } from './emitter'
import type { Stop } from './environment'
import type { CartEventMap, CartEventName, ChangeMeta } from './events'
import type { PageIdentity } from './identity'
import type { News } from './news'
import type { Refresh, RefreshOptions } from './refresh'
import type { CheckOptions, CheckResult } from './session'
import type { Connection } from './state'

/** Hears one change: the payload as the server sent it, and how it came. */
export type ChangeListener<Name extends CartEventName> = (change: CartEventMap[Name], meta: ChangeMeta<Name>) => void

/** How a listener is added. */
export interface ListenOptions {
  /** True: it first hears what is unread, oldest first, before `on` returns. Default false. */
  replay?: boolean | undefined
}

/** What a page has of its cart: what happens to it, and how the page is fed. None of its methods needs `this`. */
export interface CartEcho {
  /** What can be listened to: `cart.conditions.changed`, and the names in the `events` option. */
  readonly events: readonly CartEventName[]
  /**
   * Calls the listener for every change of that name, each change once. What it throws goes to `onError` and stops nobody
   * else. Returns a function that removes it; calling it again does nothing.
   * @throws {CartEchoError} `invalid-event` when the event is not in `events`: the listener would never be called.
   */
  readonly on: <Name extends CartEventName>(name: Name, listener: ChangeListener<Name>, options?: ListenOptions) => Stop
  /**
   * Starts listening; until the first call nothing is opened and no global is touched. Counted: it ends when each start's
   * release was called. Starting again also ends a refusal, or a wait with an error, and tries anew.
   */
  readonly start: () => Stop
  /** Ends listening at once, whoever started it. Not the end: `start()` goes on where it left off, listeners stay. */
  readonly stop: () => void
  /**
   * Says who is looking now: after log-in, after log-out (`{ user: null }`), and whenever the page was rendered anew
   * (`identify(readPage())`). For another customer all news is wiped, and nothing that was under way is heard any more. A page that names another
   * channel, or another Reverb, counts as another customer's, and so does one that names another check, unless both name the same owner. `enabled`,
   * `channel`, `check` and `reverb` stay as they were when left out.
   * @throws {CartEchoError} `invalid-user`, `invalid-cursor`, `invalid-channel`, or `invalid-options` for a check without an address.
   */
  readonly identify: (identity: PageIdentity) => void
  /** How the page is fed, and why so. */
  readonly connection: Source<Connection>
  /**
   * When the connection tries again by itself, or the check is asked next, in milliseconds of the clock. Null where nothing is planned (it is live or idle, it is
   * being tried, nobody looks, polls are switched off), and where it is not known, as while pusher-js goes on alone.
   */
  readonly nextTryAtMs: () => number | null
  /** What the shopper may not know yet. */
  readonly news: Source<News>
  /**
   * Makes sure that the page is right, for the moment before a checkout: asks the check, past every cache, and resolves when the
   * listeners have heard what it found and the refresh has run, with the owner whom the server named, if it named one. At once when that was so less than `maxAgeMs`
   * ago, and not since Back (the back/forward cache).
   *
   * Rejects with a `CartEchoError`: why the check did not answer (`check-failed`, `check-busy`, `session-over` …), `invalid-answer`
   * when it lags behind the page, `refresh-failed`, `cannot-check` when nothing is listened to or there is no check. With `signal`:
   * with its reason.
   */
  readonly check: (options?: CheckOptions) => Promise<CheckResult>
  /**
   * Says how the page reads its cart anew. Called after changes, once for a whole burst, at random within the time the server says
   * (2 s by default), so that a shop's open pages do not all ask at once; never twice at a time; on a hidden page when it is looked at; not while
   * the connection is `waiting`, and after that spread as before. A failure is reported as `refresh-failed` and tried again up to four
   * times. A listener of the DOM event `cart-echo-refresh` may prevent a run. Returns a function that ends this.
   * @throws {CartEchoError} `invalid-options` for a `settleMs` or `spreadMs` that is no number of milliseconds.
   */
  readonly onRefresh: (refresh: Refresh, options?: RefreshOptions) => Stop
  /** Reads the cart anew, now. Resolves when every `onRefresh` has run, or was prevented; rejects with `refresh-failed`. */
  readonly refresh: () => Promise<void>
  /** Marks all news as read, in the shopper's other tabs too. */
  readonly dismiss: () => void
  /**
   * Says that this page has just changed the cart itself, and shows it: the shopper's other tabs read their carts anew, without a
   * question to the check. Told at most twice a second; not at all while this page itself reads the cart anew for another tab's sake, nor within a second
   * of that: two pages that announce what they read would go on for ever. Does nothing on a page that shares with no others. Never throws.
   */
  readonly changedHere: () => void
}
