import { backOffMs, CODE_NOT_LOADED } from '../engine/backoff'
import type { CartEcho } from '../engine/cart-echo'
import { interop, type OnError, type Source } from '../engine/emitter'
import type { Stop } from '../engine/environment'
import type { CartEchoError } from '../engine/errors'
import type { CartEventName } from '../engine/events'
import type { PageIdentity } from '../engine/identity'
import type { News } from '../engine/news'
import { isGiven } from '../engine/settings'
import { ownOnly } from '../engine/shape'
import type { Connection } from '../engine/state'
import { earlyError, guarded } from './early-error'
import type { Glance } from './glance'

/** What a facade is made of. */
export interface FacadeOptions {
  /**
   * Fetches the code and creates the real cart, for a page whose own script has `said` who is looking since the last `visit`. Called when it is first
   * needed, and again after a failure, while it is needed.
   */
  readonly load: (said: readonly PageIdentity[]) => Promise<CartEcho>
  /** The names of the page's own events, as far as they are known. */
  readonly events: () => readonly CartEventName[]
  /** Called when the connection has changed, until the code is there, which does it then. */
  readonly status: (connection: Connection) => void
  readonly onError: OnError
}

/** A cart that exists before its code. */
export interface Facade {
  readonly cart: CartEcho
  /** Another page is shown, before the code is there: `glance` is who looks at it. */
  readonly visit: (glance: Glance) => void
  /** Runs something when the code is there. Returns the function that ends it, before or after, if there is one after. */
  readonly later: <End>(begin: (real: CartEcho) => End) => End
}

// `resume` does not bubble (https://developer.chrome.com/docs/web-platform/page-lifecycle-api), nor does the first in older browsers: the window hears all of
// them on their way down.
const SIGNALS = ['visibilitychange', 'resume', 'pageshow', 'online', 'offline']

/**
 * Creates one. The code is fetched when it is needed: the cart was started, and the page has a user or a guest; or `check()` or `refresh()` was called.
 * Earlier calls are carried out then, in the same order; misuse goes to `onError`.
 *
 * Until then there is no news, and the connection is `idle` as the real one would be, `connecting` with the reason `loading`, or `waiting` with the reason
 * `not-loaded`. Then the first failure is reported, and the code is fetched again by itself, with full jitter: within 2 s, then 4, up to 2 min; not on a page
 * that is hidden or offline; at once when it becomes visible, or is online again. When the cart could not be created because of misuse, the next `start()` tries again.
 */
export const createFacade = ({ load, events, status, onError }: FacadeOptions): Facade => {
  let real: CartEcho | undefined
  let who: Glance = ownOnly({})
  const said: PageIdentity[] = []
  const starts = new Set<Stop>()
  const calls: ((cart: CartEcho) => void)[] = []
  let coming: Promise<CartEcho> | null = null
  let error: CartEchoError | null = null
  let failures = 0
  let nextTryAtMs: number | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const later: Facade['later'] = <End>(begin: (cart: CartEcho) => End): End => {
    if (real) return begin(real)
    let end: Stop | undefined
    let isOver = false
    calls.push((cart) => {
      if (!isOver) end = begin(cart) as Stop | undefined
      // It may have been ended from within: unread changes are replayed at once.
      if (isOver) end?.()
    })
    const stop = (): void => {
      isOver = true
      end?.()
    }
    return stop as End
  }

  const source = <Value>(name: 'connection' | 'news', first: Value) => {
    const tellers = new Set<Stop>()
    let early = first
    const get = (): Value => (real ? (real[name].get() as Value) : early)
    const subscribe: Source<Value>['subscribe'] = (listener) => {
      const tell = (): void => guarded(name, () => listener(get()), onError)
      tellers.add(tell)
      tell()
      return () => void tellers.delete(tell)
    }
    const set = (value: Value): void => {
      early = value
      // One that an earlier listener has replaced is not told any more.
      for (const tell of [...tellers]) if (tellers.has(tell) && value === get()) tell()
    }
    return [{ ...interop(subscribe), get, subscribe } as Source<Value>, set] as const
  }

  const [connection, setConnection] = source<Connection>('connection', {
    name: 'idle',
    reason: 'not-started',
    sinceMs: Date.now(),
  })
  const [news, setNews] = source<News>('news', { last: null, unread: [], stale: false })

  /** Why the code is not needed; null when it is. A real cart of such a page would be idle for the same reason. */
  const whyIdle = () => {
    if (starts.size === 0) return 'not-started'
    if (who.enabled === false) return 'switched-off'
    return isGiven(who.user) || who.guest === true || who.problems?.length ? null : 'no-user'
  }

  const isVisible = (): boolean => document.visibilityState !== 'hidden'

  const listen = (how: 'addEventListener' | 'removeEventListener'): void => {
    for (const signal of SIGNALS) globalThis[how](signal, hear, true)
  }

  const hear = ({ type }: Event): void => {
    if (coming) return
    if (isVisible() && type !== 'offline') tryNow()
    else plan()
  }

  const plan = (): void => {
    clearTimeout(timer)
    nextTryAtMs = null
    if (!error || coming || !isVisible() || navigator.onLine === false) return
    const delayMs = backOffMs(CODE_NOT_LOADED, failures - 1, Math.random())
    nextTryAtMs = Date.now() + delayMs
    timer = setTimeout(tryNow, delayMs)
  }

  const end = (): void => {
    error = null
    failures = 0
    listen('removeEventListener')
  }

  const now = (): Promise<CartEcho> => {
    coming ??= load(said).then(arrive, fail)
    plan()
    return coming
  }

  // Callers of `now` get the error from its promise, all others through `onError`.
  const tryNow = (): void => {
    now().catch(() => undefined)
    show()
  }

  const arrive = (cart: CartEcho): CartEcho => {
    real = cart
    end()
    for (const call of calls) {
      try {
        call(cart)
      } catch (misuse) {
        // With the code there it would have thrown at the call.
        onError(misuse as CartEchoError)
      }
    }
    // After the starts: that it was not started before is no change.
    cart.connection.subscribe(setConnection)
    cart.news.subscribe(setNews)
    return cart
  }

  const fail = (cause: CartEchoError): never => {
    const failure = cause.code ? cause : earlyError('not-loaded', String(cause), cause)
    const isMisuse = failure.code !== 'not-loaded'
    coming = null
    if (!whyIdle() && (isMisuse || !error)) onError(failure)
    // Another try would not help.
    if (isMisuse) cart.stop()
    error = failure
    failures += 1
    listen('addEventListener')
    look()
    throw failure
  }

  const show = (): void => {
    const idle = whyIdle()
    const [name, reason, why] = idle
      ? ['idle', idle]
      : error
        ? ['waiting', 'not-loaded', { error }]
        : ['connecting', 'loading']
    if (real || reason === connection.get().reason) return
    const next = { name, reason, sinceMs: Date.now(), ...why } as Connection
    setConnection(next)
    status(next)
  }

  /** Starts fetching if the code is needed, and gives up if it is not: no timer or listener is left then. */
  const look = (atOnce?: boolean): void => {
    if (!coming) {
      if (whyIdle()) end()
      else if (atOnce || !error) tryNow()
      plan()
    }
    show()
  }

  const cart: CartEcho = {
    get events() {
      return real?.events ?? ['cart.conditions.changed', ...events()]
    },
    on: (...args) => later((real) => real.on(...args)),
    onRefresh: (...args) => later((real) => real.onRefresh(...args)),
    start: () => {
      const end = later((real) => real.start())
      const release = (): void => {
        starts.delete(release)
        end()
        look()
      }
      starts.add(release)
      look(true)
      return release
    },
    stop: () => {
      for (const release of starts) release()
      real?.stop()
    },
    identify: (next) => {
      if (real) return real.identify(next)
      said.push(next)
      who = ownOnly({ enabled: who.enabled, ...next })
      look()
    },
    connection,
    nextTryAtMs: () => (real ? real.nextTryAtMs() : nextTryAtMs),
    news,
    check: async (...args) => (await now()).check(...args),
    refresh: async () => (await now()).refresh(),
    dismiss: () => real?.dismiss(),
    changedHere: () => real?.changedHere(),
    trace: (...args) => later((real) => real.trace(...args)),
  }

  return {
    cart,
    visit: (glance) => {
      said.length = 0
      who = glance
      look()
    },
    later,
  }
}
