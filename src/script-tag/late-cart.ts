import type { CartEcho } from '../engine/cart-echo'
import { createGuard, createSource, type OnError, readOnly } from '../engine/emitter'
import type { Environment } from '../engine/environment'
import type { CartEventName } from '../engine/events'
import { type PageIdentity, readShopper } from '../engine/identity'
import { noNews } from '../engine/news'
import { onChange } from '../engine/on-change'
import { ownOnly } from '../engine/shape'
import { carryOn, notStarted } from '../engine/state'
import { createBacklog, orReport } from './backlog'
import { createFetching } from './fetching'
import { connectionWithout, type Need, needOf } from './need'
import { createStarts } from './starts'

/** What a late cart is made of. */
export interface LateCartOptions {
  readonly environment: Environment
  /** Who looks at the page. Default: nobody, until `identify`. */
  readonly identity?: PageIdentity | undefined
  /** The names of the page's own events, as far as they are known. Default: none. */
  readonly events?: (() => readonly CartEventName[]) | undefined
  /** Fetches and makes the real one. Called when it is first needed, and after a failure again, as long as it is needed. */
  readonly load: (identity: PageIdentity) => Promise<CartEcho>
  readonly onError: OnError
}

/**
 * A `CartEcho` that is there before its code is. That is fetched when somebody is there to listen for: it was started, and the page has a user or a
 * guest; or somebody waits for `check()` or `refresh()`. What is asked of it before is done then, in the same order; misuse that only the code can
 * see goes to `onError`.
 *
 * Until then it has no news, and its connection is `idle` or `refused` as the real one's would be, `connecting` because of `loading`, or `waiting`
 * because of `not-loaded`: then the code is fetched again by itself (see `createRetries`), and the first failure is reported. What cannot be made
 * for misuse is tried again when it is started again.
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
    if (!real()) connection.set(carryOn(connection.get(), connectionWithout(need(), code.get(), environment.nowMs())))
  }

  const arrived = (cart: CartEcho): void => {
    if (who !== asked) orReport(() => cart.identify(who), onError)
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
    moved: show,
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

  // Where the code is needed, it says them itself.
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
      const letGo = starts.add(real())
      handle(code.again)
      sayProblems()
      return () => {
        letGo()
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
