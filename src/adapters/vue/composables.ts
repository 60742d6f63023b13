import { type ComputedRef, computed, getCurrentInstance, onMounted, type ShallowRef, shallowRef } from 'vue'
import type { ChangeListener } from '../../engine/cart-echo'
import type { Stop } from '../../engine/environment'
import type { CartEventName } from '../../engine/events'
import { type News, noNews } from '../../engine/news'
import type { Refresh, RefreshOptions } from '../../engine/refresh'
import { type Connection, serverConnection } from '../../engine/state'
import { useAppContext, whileMounted } from './app-context'

const FIRST = 'cart.conditions.changed'

type AnyListener = ChangeListener<CartEventName>

interface OnCartChange {
  (handler: ChangeListener<typeof FIRST>): Stop
  <Name extends CartEventName>(event: Name, handler: ChangeListener<Name>): Stop
}

/**
 * Calls the handler once for every change of that event; without a name, for `cart.conditions.changed`. From now on, or from when the app is
 * mounted, until the effect scope (a component, a Pinia store) ends, also while `<KeepAlive>` has
 * deactivated the component; without a scope until the app is unmounted. Returns a function that ends it sooner. What the handler throws goes to
 * the client's `onError`. Below an async `setup` it may be too late for changes delivered as soon as listening starts; `useCartNews` has these.
 * @throws {CartEchoError} `no-provider`, as `useCartEcho` does; `invalid-event` for an event that is not in the client's `events` option.
 */
export const onCartChange: OnCartChange = (
  ...given: readonly [handler: unknown] | readonly [event: CartEventName, handler: unknown]
): Stop => {
  const [event, handler] = (given.length === 1 ? [FIRST, ...given] : given) as readonly [CartEventName, AnyListener]
  const context = useAppContext()
  return tried(context, () => context.client.on(event, handler))
}

/** The same as `whileMounted`, but what is misuse throws here: an error inside the watcher would be swallowed. */
const tried: typeof whileMounted = (context, listen) => {
  listen()()
  return whileMounted(context, listen)
}

/**
 * How the page gets its changes now, and why that way: a read-only ref of the same object as `client.connection.get()`. On a server, and until a
 * component that is hydrated is mounted, it is `idle: not-started` with `sinceMs` 0. Updated while the app is mounted.
 * @throws {CartEchoError} `no-provider`, as `useCartEcho` does.
 */
export const useCartConnection = (): ComputedRef<Connection> => shownOf(useAppContext().connection, serverConnection)

interface UseCartNews {
  (): ComputedRef<News>
  <Value>(selector: (news: News) => Value): ComputedRef<Value>
}

/**
 * The changes that the shopper may not have seen yet, or what a selector returns of them: a read-only ref. Without a selector its value is the same object
 * as `client.news.get()`, not made reactive; with one it changes when the selector's result does, also because of other refs that it reads.
 * On a server, and until a component that is hydrated is mounted, there is no news. Updated while the app is mounted.
 * @throws {CartEchoError} `no-provider`, as `useCartEcho` does.
 *
 * @example
 * const message = useCartNews(({ unread }) => unread.at(-1)?.change.message ?? '')
 */
export const useCartNews: UseCartNews = <Value>(selector?: (news: News) => Value): ComputedRef<News | Value> => {
  const news = shownOf(useAppContext().news, noNews)
  return selector ? computed(() => selector(news.value)) : news
}

/**
 * Adds a function that reloads the page's cart, as `client.onRefresh` does, until the effect scope (a component, a Pinia store) ends; without one
 * until the app is unmounted. A refresh that is due or running then is dropped, and runs with the next one that is added: call it where it stays,
 * such as in the layout or a store.
 * Returns a function that ends it sooner.
 * @throws {CartEchoError} `no-provider`, as `useCartEcho` does; `invalid-options` as `client.onRefresh` does.
 *
 * @example
 * onCartRefresh(() => queryCache.invalidateQueries({ key: ['cart'] }))
 */
export const onCartRefresh = (refresh: Refresh, options?: RefreshOptions): Stop => {
  const context = useAppContext()
  return tried(context, () => context.client.onRefresh(refresh, options))
}

/**
 * The value that a component shows, read-only: the server's until a component that is being hydrated is mounted, otherwise
 * the real one.
 */
const shownOf = <Value>(real: ShallowRef<Value>, onServer: Value): ComputedRef<Value> => {
  const instance = getCurrentInstance()
  // Vue detects hydration in the same way: there is an element before the first rendering (runtime-core's renderer.ts). Async and lazy
  // components are hydrated after the app was mounted.
  const isHydrating = shallowRef(!!instance?.vnode.el && !instance.isMounted)
  if (isHydrating.value) {
    onMounted(() => {
      isHydrating.value = false
    })
  }
  return computed(() => (isHydrating.value ? onServer : real.value))
}
