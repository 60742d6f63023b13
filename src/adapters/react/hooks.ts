import { type RefObject, useEffect, useInsertionEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import type { ChangeListener } from '../../engine/cart-echo'
import type { CartEventName } from '../../engine/events'
import { type News, noNews } from '../../engine/news'
import type { Hold, Refresh, RefreshOptions } from '../../engine/refresh'
import { ownOnly } from '../../engine/shape'
import { type Connection, serverConnection } from '../../engine/state'
import { useCartEcho } from './provider'

const FIRST = 'cart.conditions.changed'

type AnyListener = ChangeListener<CartEventName>

interface UseCartChange {
  (handler: ChangeListener<typeof FIRST>): void
  <Name extends CartEventName>(event: Name, handler: ChangeListener<Name>): void
}

/**
 * Calls the handler once for every change of that event while the component is mounted; without a name, for
 * `cart.conditions.changed`. The newest handler is called, so there is no dependency array, and rendering never
 * subscribes again. What it throws goes to the client's `onError`.
 * @throws {CartEchoError} `no-provider`; and from its effect, so to the nearest error boundary, `invalid-options` without a function, and
 * `invalid-event` for an event that is not in the client's `events` option.
 */
export const useCartChange: UseCartChange = (...given: readonly [event: unknown, handler?: unknown]): void => {
  const [event] = given
  const isNamed = given.length > 1 && typeof event !== 'function'
  const [name, listener] = (isNamed ? given : [FIRST, event]) as readonly [CartEventName, AnyListener]
  const client = useCartEcho()
  const latest = useLatest(listener)
  useEffect(
    () =>
      client.on(
        name,
        standingFor(latest.current, (change, meta) => latest.current(change, meta)),
      ),
    [client, name, latest],
  )
}

const onServer = (): Connection => serverConnection

/**
 * How the page gets its changes now, and why that way; re-renders when it changes. On a server, and while React hydrates what the server rendered,
 * it is `idle: not-started` with `sinceMs` 0.
 * @throws {CartEchoError} `no-provider`
 */
export const useCartConnection = (): Connection => {
  const { connection } = useCartEcho()
  return useSyncExternalStore(connection.subscribe, connection.get, onServer)
}

interface UseCartNews {
  (): News
  <Value>(selector: (news: News) => Value, isEqual?: (a: Value, b: Value) => boolean): Value
}

/**
 * The changes that the shopper may not have seen yet, or what a selector returns of them. Re-renders when that value differs by `isEqual`, and keeps the
 * old value while it does not. Selector and `isEqual` may be written inline. By default arrays and plain objects are
 * compared item by item with `Object.is`, one level deep, so `unread.map(({ change }) => change.message)` works in a list of
 * dependencies; a selector that creates objects inside of others needs its own `isEqual`. On a server, and while React
 * hydrates what the server rendered, there is no news.
 * @throws {CartEchoError} `no-provider`
 */
export const useCartNews: UseCartNews = <Value>(
  selector: (news: News) => Value = all,
  isEqual: (a: Value, b: Value) => boolean = isShallowEqual,
): Value => {
  const { news } = useCartEcho()
  const committed = useRef<Selected<Value> | null>(null)
  const select = useMemo(() => remembering(selector, isEqual, committed.current), [selector, isEqual])
  const value = useSyncExternalStore(
    news.subscribe,
    () => select(news.get()),
    () => select(noNews),
  )
  // In an effect: a rendering that React discards must leave no trace.
  useInsertionEffect(() => {
    committed.current = [null, value]
  })
  return value
}

/** The selected value, and the news it was selected from, if known. */
type Selected<Value> = readonly [News | null, Value]

// Without a selector, the overloads return a News.
const all = <Value>(news: News): Value => news as Value

// React reads the snapshot many times, and takes every new object for a change.
const remembering = <Value>(
  selector: (news: News) => Value,
  isEqual: (a: Value, b: Value) => boolean,
  committed: Selected<Value> | null,
): ((news: News) => Value) => {
  let last = committed
  return (news) => {
    if (last?.[0] === news) return last[1]
    const value = selector(news)
    last = [news, last && isEqual(last[1], value) ? last[1] : value]
    return last[1]
  }
}

/**
 * Adds a function that reloads the page's cart, as `client.onRefresh` does, while the component is mounted. A refresh that is due or running when it is
 * unmounted, or hidden by `<Activity>`, is dropped, and runs when the next one is mounted or shown: call it in a component that stays, such as
 * the layout. The newest function and the newest `hold` are called; another `settleMs` or `spreadMs` restarts what is due.
 * @throws {CartEchoError} `no-provider`; and from its effect, `invalid-options` as `client.onRefresh` does.
 *
 * @example
 * useCartRefresh(() => queryClient.invalidateQueries({ queryKey: ['cart'] }))
 */
export const useCartRefresh = (refresh: Refresh, options: RefreshOptions = {}): void => {
  const { settleMs, spreadMs, hold: ownHold } = ownOnly(options)
  const client = useCartEcho()
  const latest = useLatest([refresh, ownHold || null] as const)
  useEffect(() => {
    const run: Refresh = (request) => latest.current[0](request)
    const hold: Hold = (go) => latest.current[1]?.(go) ?? null
    const [refresh, mayHold] = latest.current
    return client.onRefresh(standingFor(refresh, run), {
      settleMs,
      spreadMs,
      hold: mayHold ? standingFor(mayHold, hold) : hold,
    })
  }, [client, settleMs, spreadMs, latest])
}

/** A function that calls the page's newest; where the page's is none, that itself, for the client to refuse. */
const standingFor = <Call>(said: Call, ours: Call): Call => (typeof said === 'function' ? ours : said)

/**
 * A ref to the value of the newest committed rendering. Written before any other effect runs, and never while rendering:
 * a rendering that React discards leaves no trace.
 */
const useLatest = <Value>(value: Value): RefObject<Value> => {
  const latest = useRef(value)
  useInsertionEffect(() => {
    latest.current = value
  })
  return latest
}

/** True for values that are the same by `Object.is`, and for two arrays or two plain objects whose items are. */
const isShallowEqual = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && Object.is(a[key], b[key]))
}

// Other objects, such as a Map, hold more than their items.
const isPlain = (value: unknown): value is Record<string, unknown> =>
  Array.isArray(value) || (!!value && Object.getPrototypeOf(value) === Object.prototype)
