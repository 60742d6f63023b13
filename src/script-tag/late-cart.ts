import { type CartEcho, onChange } from '../engine/cart-echo'
import { createGuard, createSource, type OnError, readOnly } from '../engine/emitter'
import type { Environment } from '../engine/environment'
import type { CartEventName } from '../engine/events'
import { type PageIdentity, readShopper } from '../engine/identity'
import { noNews } from '../engine/news'
import { ownOnly } from '../engine/shape'
import { keepIfSame, notStarted } from '../engine/state'
import { createBacklog, runOrReport } from './backlog'
import { createFetching } from './fetching'
import { connectionWithout, type Need, needOf } from './need'
import { createStarts } from './starts'

/** What a late cart is made of. */
export interface LateCartOptions {
  readonly environment: Environment
  /** Who is looking at the page. Default: nobody, until `identify`. */
  readonly identity?: PageIdentity | undefined
  /** The names of the page's own events, as far as they are known. Default: none. */
  readonly events?: (() => readonly CartEventName[]) | undefined
  /** Fetches the code and creates the real cart. Called when it is first needed, and again after a failure, while it is needed. */
  readonly load: (identity: PageIdentity) => Promise<CartEcho>
  readonly onError: OnError
}

/**
 * A `CartEcho` that exists before its code is fetched. The code is fetched when it is needed: the cart was started, and the page has a user or a
 * guest; or `check()` or `refresh()` was called. Earlier calls are carried out then, in the same order; misuse that only the code can
 * detect goes to `onError`.
 *
 * Until then there is no news, and the connection is `idle` or `refused` as the real one would be, `connecting` with the reason `loading`, or `waiting`
 * with the reason `not-loaded`: then the code is fetched again by itself (see `createRetries`), and the first failure is reported. When the cart could not
 * be created because of misuse, the next `start()` tries again.
 */
export const createLateCart = (options: LateCartOptions): CartEcho => {
  const { environment, identity = {}, events = () => [], load, onError } = options
  const guard = createGuard(onError)
  const connection = createSource('connection', notStarted(environment.nowMs()), guard)
  const news = createSource('news', noNews, guard)
  const backlog = createBacklog(onError)
  const starts = createStarts()
  let who = identity
  let asked = identity

  const need = (): Need => needOf(starts.isAny(), who)

  const show = (): void => {
    if (!real())
      connection.set(keepIfSame(connection.get(), connectionWithout(need(), code.get(), environment.nowMs())))
  }

  const arrived = (cart: CartEcho): void => {
    if (who !== asked) runOrReport(() => cart.identify(who), onError)
    onChange(cart.connection, connection.set)
    onChange(cart.news, news.set)
    backlog.begin(cart)
    starts.begin(cart)
    connection.set(cart.connection.get())
    news.set(cart.news.get())
  }

  const code = createFetching<CartEcho>({
    environment,
    load: () => {
      asked = who
      return load(who)
    },
    isWanted: () => need().name === 'code',
    arrived,
    changed: show,
    onError,
  })

  const real = (): CartEcho | null => {
    const fetched = code.get()
    return fetched.name === 'there' ? fetched.value : null
  }

  const handle = (look: () => void): void => {
    look()
    show()
  }

  // When the code is needed, the real cart reports them itself.
  const sayProblems = (): void => {
    if (real() || !starts.isAny() || need().name === 'code') return
    for (const problem of who.problems ?? []) onError(problem)
  }

  return {
    get events() {
      return real()?.events ?? ['cart.conditions.changed', ...events()]
    },
    on: (name, listener, more) => {
      const listen = (cart: CartEcho) => cart.on(name, listener, more)
      const cart = real()
      return cart ? listen(cart) : backlog.add(listen)
    },
    onRefresh: (refresh, more) => {
      const listen = (cart: CartEcho) => cart.onRefresh(refresh, more)
      const cart = real()
      return cart ? listen(cart) : backlog.add(listen)
    },
    start: () => {
      const release = starts.add(real())
      handle(code.again)
      sayProblems()
      return () => {
        release()
        handle(code.look)
      }
    },
    stop: () => {
      starts.clear()
      real()?.stop()
      handle(code.look)
    },
    identify: (next) => {
      const cart = real()
      if (cart) return cart.identify(next)
      readShopper(next)
      who = ownOnly({ ...next, enabled: ownOnly(next).enabled ?? who.enabled })
      handle(code.look)
      sayProblems()
    },
    connection: readOnly(connection),
    nextTryAtMs: () => {
      const fetched = code.get()
      if (fetched.name === 'there') return fetched.value.nextTryAtMs()
      return fetched.name === 'failed' ? fetched.nextTryAtMs : null
    },
    news: readOnly(news),
    check: async (more) => (await code.now()).check(more),
    refresh: async () => (await code.now()).refresh(),
    dismiss: () => real()?.dismiss(),
    changedHere: () => real()?.changedHere(),
  }
}
