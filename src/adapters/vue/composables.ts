import { type ComputedRef, computed, getCurrentInstance, onMounted, type ShallowRef, shallowRef } from 'vue'
import type { ChangeListener } from '../../engine/cart-echo'
import type { Stop } from '../../engine/environment'
import type { CartEventName } from '../../engine/events'
import { type News, noNews } from '../../engine/news'
import type { Refresh, RefreshOptions } from '../../engine/refresh'
import { type Connection, unheard } from '../../engine/state'
import { useRoom, whileOpen } from './room'

const FIRST = 'cart.conditions.changed'

type AnyListener = ChangeListener<CartEventName>

interface OnCartChange {
  (handler: ChangeListener<typeof FIRST>): Stop
  <Name extends CartEventName>(event: Name, handler: ChangeListener<Name>): Stop
}

/**
 * Calls the handler for every change of that event, each change once; without a name for `cart.conditions.changed`. From now on, or where
 * the app is not mounted yet from then on; until the effect scope ends (a component, a Pinia store), also while `<KeepAlive>` has
 * put the component away; without a scope until the app is unmounted. Returns a function that ends it sooner. What the handler throws goes to
 * the client's `onError`. Below an async `setup` it may come too late for what is told as soon as listening starts; `useCartNews` has that.
 * @throws {CartEchoError} `no-provider`, as `useCartEcho` does; `invalid-event` for an event that is not in the client's `events` option.
 */
export const onCartChange: OnCartChange = (
  ...given: readonly [handler: unknown] | readonly [event: CartEventName, handler: unknown]
): Stop => {
  const [event, handler] = (given.length === 1 ? [FIRST, ...given] : given) as readonly [CartEventName, AnyListener]
  const room = useRoom()
  const listen = (): Stop => room.client.on(event, handler)
  // Throws at the call what a watcher would keep for itself.
  listen()()
  return whileOpen(room, listen)
}

/**
 * How the page is fed, and why so: a read-only ref of the very object that `client.connection.get()` gives. On a server, and until a
 * component that is hydrated is mounted, it is `idle: not-started` with `sinceMs` 0. Follows while the app is mounted.
 * @throws {CartEchoError} `no-provider`, as `useCartEcho` does.
 */
export const useCartConnection = (): ComputedRef<Connection> => shownOf(useRoom().connection, unheard)

interface UseCartNews {
  (): ComputedRef<News>
  <Value>(selector: (news: News) => Value): ComputedRef<Value>
}

/**
 * What the shopper may not know yet, or what a selector makes of it: a read-only ref. Without a selector its value is the very object
 * that `client.news.get()` gives, not made reactive; with one it is another when the selector's result is, also by other refs that it reads.
 * On a server, and until a component that is hydrated is mounted, there is no news. Follows while the app is mounted.
 * @throws {CartEchoError} `no-provider`, as `useCartEcho` does.
 *
 * @example
 * const message = useCartNews(({ unread }) => unread.at(-1)?.change.message ?? '')
 */
export const useCartNews: UseCartNews = <Value>(selector?: (news: News) => Value): ComputedRef<News | Value> => {
  const news = shownOf(useRoom().news, noNews)
  return selector ? computed(() => selector(news.value)) : news
}

/**
 * Says how the page reads its cart anew, as `client.onRefresh` does, until the effect scope ends (a component, a Pinia store); without one
 * until the app is unmounted. What is due or running then is dropped, and made up for by the next one, so the place for it is one that stays,
 * such as the layout or a store.
 * Returns a function that ends it sooner.
 * @throws {CartEchoError} `no-provider`, as `useCartEcho` does.
 *
 * @example
 * onCartRefresh(() => queryCache.invalidateQueries({ key: ['cart'] }))
 */
export const onCartRefresh = (refresh: Refresh, options?: RefreshOptions): Stop => {
  const room = useRoom()
  return whileOpen(room, () => room.client.onRefresh(refresh, options))
}

/**
 * The value as a component shows it: the server's until a component that is being hydrated is mounted, then, and in any other at
 * once, the real one. Read-only.
 */
const shownOf = <Value>(real: ShallowRef<Value>, onServer: Value): ComputedRef<Value> => {
  const instance = getCurrentInstance()
  // Vue tells hydration by the same sign: there is an element before there was a rendering (runtime-core's renderer.ts). Not all of
  // it happens while the app is mounted: what is async or lazy is hydrated later.
  const isHydrating = shallowRef(!!instance?.vnode.el && !instance.isMounted)
  if (isHydrating.value) {
    onMounted(() => {
      isHydrating.value = false
    })
  }
  return computed(() => (isHydrating.value ? onServer : real.value))
}
