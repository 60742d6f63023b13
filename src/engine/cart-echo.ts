import type { Source } from './emitter'
import type { Stop } from './environment'
import { CartEchoError, type CartEchoErrorCode, wordsOf } from './errors'
import type { CartEventMap, CartEventName, ChangeMeta } from './events'
import type { PageIdentity } from './identity'
import type { News } from './news'
import type { Refresh, RefreshOptions } from './refresh'
import type { CheckOptions, CheckResult } from './session'
import { attempt } from './shape'
import type { Connection } from './state'
import type { Trace } from './trace'

/** Called with one change: the payload as the server sent it, and how it arrived. */
export type ChangeListener<Name extends CartEventName> = (change: CartEventMap[Name], meta: ChangeMeta<Name>) => void

/** How a listener is added. */
export interface ListenOptions {
  /** True: the listener is first called with the unread changes, oldest first, before `on` returns. Default false. */
  replay?: boolean | undefined
}

/** The client of a page: listeners for changes to its cart, its connection, and its news. No method needs `this`. */
export interface CartEcho {
  /** The events that can be listened to: `cart.conditions.changed`, and the names in the `events` option. */
  readonly events: readonly CartEventName[]
  /**
   * Calls the listener once for every change of that name. What it throws goes to `onError`; other listeners are still called.
   * Returns a function that removes it; calling that again does nothing.
   * @throws {CartEchoError} `invalid-event` when the event is not in `events`: the listener would never be called; `invalid-options` without a function.
   */
  readonly on: <Name extends CartEventName>(name: Name, listener: ChangeListener<Name>, options?: ListenOptions) => Stop
  /**
   * Starts listening; before the first call nothing is opened and no global is touched. Returns a function that releases this start: listening ends
   * when all starts are released. Calling it again while `refused`, or `waiting` with an error, tries again at once.
   */
  readonly start: () => Stop
  /** Stops listening at once, whoever started it. Listeners stay, and `start()` continues where it left off. */
  readonly stop: () => void
  /**
   * Says who is looking now. Call it after log-in, after log-out (`{ user: null }`), and whenever the page was rendered again
   * (`identify(readPage())`). For another customer all news is removed, and late answers for the previous one are ignored. A page with another channel or
   * another Reverb counts as another customer's; so does one with another check, unless both pages name the same owner. `enabled`, `channel`, `check` and
   * `reverb` stay as they were when left out.
   * @throws {CartEchoError} `invalid-user`, `invalid-cursor`, `invalid-channel`, or `invalid-options` for what is no page, such as `readPage` without a call, and for a check without an address.
   */
  readonly identify: (identity: PageIdentity) => void
  /** How the page gets its changes now, and why that way. */
  readonly connection: Source<Connection>
  /**
   * When the connection is next tried again, or the check asked again, without your doing: a time as in `Date.now()`. Null when nothing is planned (live,
   * idle, a try is under way, the page is hidden, polls are off), or when it is not known, as while pusher-js reconnects by itself.
   */
  readonly nextTryAtMs: () => number | null
  /** The changes that the shopper may not have seen yet. */
  readonly news: Source<News>
  /**
   * Makes sure that the page is up to date, such as before a checkout. Asks the check, bypassing every cache, and resolves when the listeners were called
   * with what it found and the refreshes have run. The result names the owner if the server did. Resolves at once when all this was done less than
   * `maxAgeMs` ago, unless the page came back from the back/forward cache since.
   *
   * Rejects with a `CartEchoError`: why the check did not answer (`check-failed`, `check-busy`, `session-over` …), `invalid-answer`
   * when its answer is older than the page, `refresh-failed`, or `cannot-check` when the client is not listening or has no check. When `signal` is
   * aborted, rejects with its reason.
   */
  readonly check: (options?: CheckOptions) => Promise<CheckResult>
  /**
   * Adds a function that reloads the page's cart. It is called after changes: once for a burst, at a random moment within the time that the server gives
   * (2 s by default), so that a shop's open pages do not all ask at once; and never twice at the same time. On a hidden page it waits until the page is
   * visible. While the connection is `waiting` it waits, and is spread again afterwards. A failure is reported as `refresh-failed` and retried up to
   * four times. A listener of the DOM event `cart-echo-refresh` may prevent a run. Returns a function that removes it.
   * @throws {CartEchoError} `invalid-options` without a function, and for a `settleMs` or `spreadMs` that is not a number of milliseconds.
   */
  readonly onRefresh: (refresh: Refresh, options?: RefreshOptions) => Stop
  /** Reloads the cart now. Resolves when every `onRefresh` function has run, or was prevented; rejects with `refresh-failed`. */
  readonly refresh: () => Promise<void>
  /** Marks all news as read, in the shopper's other tabs too. */
  readonly dismiss: () => void
  /**
   * Says that this page has just changed the cart itself and already shows it: the shopper's other tabs reload their carts, without asking the check.
   * Sent at most twice a second; not sent while this page reloads its cart because of another tab, nor within a second after that, because two
   * pages that announce their own reloads would never stop. Does nothing on a page that shares no connection. Never throws.
   */
  readonly changedHere: () => void
  /**
   * Calls the listener with everything that happens inside, as it happens, from now on, and at once with the tabs that are known: for tools, such as those of
   * `cart-echo/stats` and `cart-echo/inspector`. What it hears may be otherwise in any version. What it throws goes to `onError`. Returns a function that removes it.
   * @throws {CartEchoError} `invalid-options` without a function.
   */
  readonly trace: (listener: (what: Trace) => void) => Stop
}

/**
 * Calls the listener after each change from now on, not at once as `subscribe` does; for a source of an older copy of the SDK, which does not call at once,
 * it does the same.
 */
export const onChange = <Value>(source: Pick<Source<Value>, 'subscribe'>, listener: (value: Value) => void): Stop => {
  let isSubscribed = false
  const stop = source.subscribe((value) => {
    if (isSubscribed) listener(value)
  })
  isSubscribed = true
  return stop
}

/**
 * Insists on a cart where an adapter is given one; `how` is how that is written.
 * @throws {CartEchoError} `invalid-options`.
 */
export const insistOnCart = (cart: unknown, how: string): void => {
  if (typeof Object(Object(cart).connection).subscribe !== 'function')
    throw new CartEchoError('invalid-options', `Write ${how}, with your cart.`)
}

/**
 * What takes the place of what cannot be read. Where that might be the user, the channel or the server, the page becomes nobody's: else it could show another
 * customer's cart, or another tenant's.
 */
const WITHOUT: ReadonlyMap<CartEchoErrorCode, PageIdentity> = new Map<CartEchoErrorCode, PageIdentity>([
  ['invalid-user', { user: null }],
  ['invalid-cursor', { cursor: null }],
  ['invalid-channel', { user: null, channel: undefined }],
  ['invalid-options', { user: null, check: undefined, reverb: undefined }],
])

/**
 * The same as `cart.identify`, for whoever must not throw, such as a component: what it refuses is left out, and added to the identity's problems, which the
 * cart reports. Never throws.
 */
export const identifyWithoutThrowing = (cart: Pick<CartEcho, 'identify'>, identity: PageIdentity): void => {
  const problems = problemsOf(identity)
  let rest = identity
  // Once for each kind, for identify changes nothing where it throws.
  for (let kinds = WITHOUT.size; kinds >= 0; kinds -= 1) {
    try {
      return cart.identify(rest)
    } catch (cause) {
      const problem = cause instanceof CartEchoError ? cause : asProblem(cause)
      problems.push(problem)
      rest = attempt(() => ({ ...rest, ...(WITHOUT.get(problem.code) ?? { user: null }), problems })) ?? { problems }
    }
  }
  cart.identify({ problems })
}

const problemsOf = (identity: PageIdentity): CartEchoError[] => {
  const said = attempt(() => identity.problems)
  return Array.isArray(said) ? [...said] : []
}

// By its code: a page may hold two copies of the SDK.
const asProblem = (cause: unknown): CartEchoError => {
  const { code } = Object(cause) as { code?: CartEchoErrorCode }
  return new CartEchoError(code !== undefined && WITHOUT.has(code) ? code : 'invalid-page', wordsOf(cause), { cause })
}
