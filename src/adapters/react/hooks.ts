import { type RefObject, useEffect, useInsertionEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import type { ChangeListener } from '../../engine/cart-echo'
import type { CartEventName } from '../../engine/events'
import { type News, noNews } from '../../engine/news'
import type { Hold, Refresh, RefreshOptions } from '../../engine/refresh'
import { type Connection, unheard } from '../../engine/state'
import { useCartEcho } from './provider'

const FIRST = 'cart.conditions.changed'

type AnyListener = ChangeListener<CartEventName>

interface UseCartChange {
  (handler: ChangeListener<typeof FIRST>): void
  <Name extends CartEventName>(event: Name, handler: ChangeListener<Name>): void
}

/**
 * Calls the handler for every change of that event while the component is mounted, each change once; without a name for
 * `cart.conditions.changed`. It is always the newest handler, so there is no dependency array, and rendering never
 * subscribes anew. What it throws goes to the client's `onError`.
 * @throws {CartEchoError} `no-provider`; and from its effect, so to the nearest error boundary, `invalid-event` for an event that is not in
 * the client's `events` option.
 */
export const useCartChange: UseCartChange = (event: string | AnyListener, handler?: AnyListener): void => {
  const [name, listener] = (handler ? [event, handler] : [FIRST, event]) as [CartEventName, AnyListener]
  const client = useCartEcho()
  const latest = useLatest(listener)
  useEffect(() => client.on(name, (change, meta) => latest.current(change, meta)), [client, name, latest])
}

const onServer = (): Connection => unheard

/**
 * How the page is fed, and why so; renders anew when it is another. On a server, and while React hydrates what the server rendered,
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
 * What the shopper may not know yet, or what a selector makes of it; renders anew when that is another by `isEqual`, and gives the old
 * value while it is not, also from one rendering to the next. Both may be written inline. By default arrays and plain objects are
 * compared item by item with `Object.is`, one level deep, so `unread.map(({ change }) => change.message)` may stand in a list of
 * dependencies; a selector that makes new objects inside of others needs an `isEqual` for that. On a server, and while React
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
  // Not while rendering: a rendering that React throws away leaves no trace.
  useInsertionEffect(() => {
    committed.current = [null, value]
  })
  return value
}

/** What was selected, and of which news, where that is known. */
type Selected<Value> = readonly [News | null, Value]

// The overloads ask for a News where there is no selector.
const all = <Value>(news: News): Value => news as Value

// React asks for a snapshot many times, and takes every new object for a change.
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
 * Says how the page reads its cart anew, as `client.onRefresh` does, while the component is mounted. What is due or running when it is
 * unmounted, or hidden by `<Activity>`, is dropped, and made up for by the next one to be mounted or shown, so the place for it is one that stays, such as
 * the layout. It is always the newest function, and the newest `hold`; with another `settleMs` or `spreadMs` what is due begins anew.
 * @throws {CartEchoError} `no-provider`
 *
 * @example
 * useCartRefresh(() => queryClient.invalidateQueries({ queryKey: ['cart'] }))
 */
export const useCartRefresh = (refresh: Refresh, options: RefreshOptions = {}): void => {
  const { settleMs, spreadMs } = options
  const client = useCartEcho()
  const latest = useLatest([refresh, options.hold] as const)
  useEffect(() => {
    const run: Refresh = (request) => latest.current[0](request)
    const hold: Hold = (go) => latest.current[1]?.(go) ?? null
    return client.onRefresh(run, { settleMs, spreadMs, hold })
  }, [client, settleMs, spreadMs, latest])
}

/**
 * A ref to the value of the newest rendering that was committed. Written before any other effect runs, never while rendering:
 * a rendering that React throws away leaves no trace.
 */
const useLatest = <Value>(value: Value): RefObject<Value> => {
  const latest = useRef(value)
  useInsertionEffect(() => {
    latest.current = value
  })
  return latest
}

/** True for what `Object.is` says is the same, and for two arrays, or two plain objects, of which it says so item by item. */
const isShallowEqual = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && Object.is(a[key], b[key]))
}

// Others, such as a Map, are more than their items.
const isPlain = (value: unknown): value is Record<string, unknown> =>
  Array.isArray(value) || (!!value && Object.getPrototypeOf(value) === Object.prototype)
