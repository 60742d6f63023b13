import {
  getCurrentInstance,
  hasInjectionContext,
  type InjectionKey,
  inject,
  nextTick,
  onMounted,
  type ShallowRef,
  shallowRef,
  watch,
} from 'vue'
import type { CartEcho } from '../../engine/cart-echo'
import type { Source } from '../../engine/emitter'
import type { Stop } from '../../engine/environment'
import { CartEchoError } from '../../engine/errors'
import { type News, noNews } from '../../engine/news'
import { type Connection, serverConnection } from '../../engine/state'

/** What the components of one app share. On a server the app is never mounted, and this stays as it was created. */
export interface AppContext {
  readonly client: CartEcho
  /** True while the app is being mounted, and while it is mounted. */
  readonly isMounted: ShallowRef<boolean>
  readonly connection: ShallowRef<Connection>
  readonly news: ShallowRef<News>
  /** Starts listening in an app that was mounted before the plugin was installed. */
  readonly startLate: () => void
}

/** The key under which an app provides it. */
export const APP_CONTEXT: InjectionKey<AppContext> = Symbol('cart-echo')

/** Creates it for an app that is not mounted yet. Connection and news follow the client while the app is mounted. */
export const createAppContext = (client: CartEcho, start: () => void): AppContext => {
  const isMounted = shallowRef(false)
  const startLate = (): void => {
    if (isMounted.value) return
    isMounted.value = true
    start()
  }
  const context = { client, isMounted, connection: shallowRef(serverConnection), news: shallowRef(noNews), startLate }
  whileMounted(context, () => follow(client.connection, context.connection))
  whileMounted(context, () => follow(client.news, context.news))
  return context
}

const follow = <Value>(source: Source<Value>, ref: ShallowRef<Value>): Stop =>
  source.subscribe((value) => {
    ref.value = value
  })

/**
 * What the current app provides.
 * @throws {CartEchoError} `no-provider`
 */
export const useAppContext = (): AppContext => {
  const context = hasInjectionContext() ? inject(APP_CONTEXT, null) : null
  if (context) {
    startIfLate(context)
    return context
  }
  throw new CartEchoError('no-provider', 'Call app.use(cartEcho(client)) first, and this where inject() works.')
}

// A component that is mounted although the app is not, which never happens on a server: the plugin was installed after app.mount.
const startIfLate = ({ isMounted, startLate }: AppContext): void => {
  const component = isMounted.value ? null : getCurrentInstance()
  if (!component || component.isMounted) return
  // The component may be gone by then. Not sooner: what is watched in this component would end with it.
  onMounted(() => nextTick(() => component.isUnmounted || startLate()))
}

/**
 * The client of the app. Works where `inject` does: in `setup` before the first `await`, in a Pinia store, in
 * `app.runWithContext`. Elsewhere use the client itself, with its `on`, `onRefresh`, `connection` and `news`.
 * @throws {CartEchoError} `no-provider` without the plugin, and where `inject` does not work.
 */
export const useCartEcho = (): CartEcho => useAppContext().client

/**
 * Listens while the app is mounted and the effect scope, if there is one, lives; never on a server, where no scope would end it.
 * Returns the function that ends it sooner.
 */
export const whileMounted = ({ isMounted }: Pick<AppContext, 'isMounted'>, listen: () => Stop): Stop =>
  watch(
    isMounted,
    (mounted, _before, onCleanup) => {
      if (mounted) onCleanup(listen())
    },
    // In sync: a handler that starts in the next tick would miss a change in this one.
    { immediate: true, flush: 'sync' },
  )
