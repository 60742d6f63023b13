import { type MaybeRefOrGetter, type Plugin, toValue, watch } from 'vue'
import { type CartEcho, identifyWithoutThrowing, insistOnCart } from '../../engine/cart-echo'
import type { Stop } from '../../engine/environment'
import { identityKey, type PageIdentity } from '../../engine/identity'
import { ownOnly } from '../../engine/shape'
import { APP_CONTEXT, createAppContext } from './app-context'

/** The options of the plugin. */
export interface CartEchoPluginOptions {
  /**
   * Who is looking, as the server rendered it: an object, a ref, or a getter such as `() => usePage().props.cartEcho` (Inertia). Passed to
   * `client.identify` when the app is mounted and whenever its value changes, before the browser paints. A page that
   * comes again, as with Back, has the same value until its cursor is updated: with Inertia let the refresh reload
   * this prop too. Default, also for undefined: the client keeps the identity it has.
   *
   * Settings that cannot be read are left out and go to the client's `onError`, as with `readPage`: an `invalid-cursor` loses the
   * cursor, an `invalid-user` means that nobody is logged in.
   */
  page?: MaybeRefOrGetter<PageIdentity | undefined> | undefined
}

/**
 * Gives the client to every component and store of an app. Install it before `app.mount`. Listening starts when the app is mounted and the
 * handlers of its components are in place, and is released when the app is unmounted; starts are counted, so several apps may
 * share a client. Installed after `app.mount`, it starts with the first component that uses it. Opens nothing on a server.
 * @throws {CartEchoError} `invalid-options` without the cart, when it is installed.
 *
 * @example
 * createApp(Shop).use(cartEcho(createCartEcho({ ...readPage(), connect: echo(() => window.Echo) }))).mount('#app')
 */
export const cartEcho = (client: CartEcho, options: CartEchoPluginOptions = {}): Plugin => ({
  install: (app) => {
    insistOnCart(client, 'app.use(cartEcho(cart))')
    const { page } = ownOnly(options)
    const stops: Stop[] = []
    const start = (): void => void stops.push(followIdentity(client, page), client.start())
    const context = createAppContext(client, start)
    const { isMounted } = context
    const { mount, unmount } = app
    const end = (): void => {
      for (const stop of stops.splice(0)) stop()
      isMounted.value = false
    }
    app.provide(APP_CONTEXT, context)
    app.mount = (...given) => {
      // Vue ignores a second mount, with a warning.
      if (isMounted.value) return mount(...given)
      isMounted.value = true
      let root: ReturnType<typeof mount> | undefined
      try {
        root = mount(...given)
        return root
      } finally {
        // Not mounted: there may be no such element, or a component threw. Or a component has already unmounted the app.
        if (root && isMounted.value) start()
        else end()
      }
    }
    app.unmount = () => {
      try {
        unmount()
      } finally {
        end()
      }
    }
  },
})

const followIdentity = (client: CartEcho, page: CartEchoPluginOptions['page']): Stop =>
  watch(
    () => {
      const identity = toValue(page)
      return identity && identityKey(identity)
    },
    () => {
      const identity = toValue(page)
      if (identity) identifyWithoutThrowing(client, identity)
    },
    { immediate: true },
  )
