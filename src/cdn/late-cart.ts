import type { CartEcho } from '../core/cart-echo'
import { notStarted } from '../core/connection'
import { createGuard, type OnError } from '../core/emitter'
import type { Stop } from '../core/environment'
import { CartEchoError, wordsOf } from '../core/errors'
import type { CartEventName } from '../core/events'
import { noNews } from '../core/news'
import type { PageIdentity } from '../core/shopper'
import { createSource } from '../core/source'

/** What a late cart is made of. */
export interface LateCartOptions {
  /** Who looks at the page. Default: nobody, until `identify`. */
  readonly word?: PageIdentity | undefined
  /** The names of the page's own events, as far as they are known. Default: none. */
  readonly events?: (() => readonly CartEventName[]) | undefined
  /** Fetches and makes the real one. Called when it is first needed, and once more after a failure when it is needed again. */
  readonly load: (word: PageIdentity) => Promise<CartEcho>
  readonly onError: OnError
}

/** A `CartEcho` that is there before its code is. */
export interface LateCart {
  readonly cart: CartEcho
  /** Fetches again what could not be fetched, where it is still needed. What cannot be made for misuse is not tried again. */
  readonly tryAgain: () => void
}

/**
 * A `CartEcho` whose code is fetched when somebody is there to listen for: it was started, and the page has a user or a guest; or
 * somebody waits for `check()` or `refresh()`. What is asked of it before is done then, in the same order, and misuse among it goes to `onError`.
 * Until then it is `idle`, without news. A failure to fetch is reported as `not-loaded`.
 */
export const createLateCart = ({ word = {}, events = () => [], load, onError }: LateCartOptions): LateCart => {
  const guard = createGuard(onError)
  const connection = createSource('connection', notStarted(Date.now()), guard)
  const news = createSource('news', noNews, guard)
  const begun: ((cart: CartEcho) => void)[] = []
  const holders = new Map<symbol, Stop | null>()
  let who = word
  let real: CartEcho | null = null
  let loading: Promise<CartEcho> | null = null
  let told: Promise<CartEcho> | null = null
  let isHopeless = false

  const need = (): Promise<CartEcho> => {
    const asked = who
    loading ??= load(asked).then(
      (cart) => arrive(cart, asked),
      (cause) => {
        loading = null
        isHopeless = isMisuse(cause)
        throw isMisuse(cause) ? cause : notLoaded(cause)
      },
    )
    return loading
  }

  const arrive = (cart: CartEcho, asked: PageIdentity): CartEcho => {
    real = cart
    if (who !== asked) attempt(() => cart.identify(who))
    connection.set(cart.connection.get())
    news.set(cart.news.get())
    cart.connection.subscribe(connection.set)
    cart.news.subscribe(news.set)
    for (const begin of begun.splice(0)) attempt(() => begin(cart))
    for (const holder of [...holders.keys()]) if (holders.has(holder)) hold(holder, cart.start())
    return cart
  }

  // Whoever hears that it starts may have let go at once.
  const hold = (holder: symbol, release: Stop): void => {
    if (holders.has(holder)) holders.set(holder, release)
    else release()
  }

  // Misuse would have been thrown at the call, had the code been there.
  const attempt = (begin: () => void): void => {
    try {
      begin()
    } catch (error) {
      onError(error as CartEchoError)
    }
  }

  // What waits for a promise is told by it; this is for those that do not.
  const needQuietly = (): void => {
    if (real || isHopeless || holders.size === 0) return
    if (!isSomebody(who)) return sayNobody()
    const mine = need()
    if (told === mine) return
    told = mine
    mine.catch(onError)
  }

  const sayNobody = (): void => {
    const because = who.enabled === false ? 'switched-off' : 'no-user'
    connection.set({ name: 'idle', because, sinceMs: Date.now() })
    for (const problem of who.problems ?? []) onError(problem)
    who = { ...who, problems: [] }
  }

  /** Begins now, or when the real one is there. Returns what ends it either way. */
  const standing = (begin: (cart: CartEcho) => Stop): Stop => {
    if (real) return begin(real)
    let end: Stop | 'early' | null = null
    begun.push((cart) => {
      if (end !== 'early') end = begin(cart)
    })
    return () => {
      if (typeof end === 'function') end()
      end = 'early'
    }
  }

  const cart: CartEcho = {
    get events() {
      return real?.events ?? ['cart.conditions.changed', ...events()]
    },
    on: (name, listener, options) => standing((it) => it.on(name, listener, options)),
    onRefresh: (refresh, options) => standing((it) => it.onRefresh(refresh, options)),
    start: () => {
      const holder = Symbol('start')
      holders.set(holder, real?.start() ?? null)
      isHopeless = false
      needQuietly()
      return () => {
        holders.get(holder)?.()
        holders.delete(holder)
        if (holders.size === 0 && !real) connection.set(notStarted(Date.now()))
      }
    },
    stop: () => {
      holders.clear()
      if (real) real.stop()
      else connection.set(notStarted(Date.now()))
    },
    identify: (next) => {
      if (real) return real.identify(next)
      who = { ...next, enabled: next.enabled ?? who.enabled }
      needQuietly()
    },
    connection: { get: connection.get, subscribe: connection.subscribe },
    news: { get: news.get, subscribe: news.subscribe },
    check: async (options) => (await need()).check(options),
    refresh: async () => (await need()).refresh(),
    dismiss: () => real?.dismiss(),
    changedHere: () => real?.changedHere(),
  }
  return { cart, tryAgain: needQuietly }
}

const isSomebody = ({ user, guest, enabled }: PageIdentity): boolean =>
  enabled !== false && (guest === true || (user !== undefined && user !== null && user !== ''))

// By name: the code that was fetched has a class of its own.
const isMisuse = (cause: unknown): boolean =>
  cause instanceof Error && cause.name === 'CartEchoError' && (cause as CartEchoError).code !== 'not-loaded'

const notLoaded = (cause: unknown): CartEchoError =>
  new CartEchoError('not-loaded', `The rest of cart-echo could not be fetched. ${wordsOf(cause)}`, { cause })
