import { type MaybeRefOrGetter, type Plugin, toValue, watch } from 'vue'
import type { CartEcho } from '../../engine/cart-echo'
import type { Stop } from '../../engine/environment'
import { identifyWithoutThrowing } from '../../engine/identify-without-throwing'
import { type PageIdentity, textOf } from '../../engine/identity'
import { createRoom, ROOM } from './room'

/** What the plugin may be told. */
export interface CartEchoPluginOptions {
  /**
   * Who is looking, as the server rendered it: an object, a ref, or a getter such as `() => usePage().props.cartEcho` (Inertia). Handed to
   * `client.identify` when the app is mounted and when it says something else, compared by value, before the browser paints. A page that
   * comes again, as with Back, says nothing else as long as its cursor was not brought up to date: with Inertia let the refresh reload
   * this too. Left out, or undefined:
   * the client's own word holds.
   *
   * What cannot be read is left out and goes to the client's `onError`, as with `readPage`: an `invalid-cursor` costs the
   * cursor, an `invalid-user` makes it nobody's page.
   */
  page?: MaybeRefOrGetter<PageIdentity | undefined> | undefined
}

/**
 * Gives the client to every component and store of an app. Install it before `app.mount`. Listening starts when the app is mounted, when the
 * handlers of its components are in place, and is released when the app is unmounted; starts are counted, so that several apps may
 * share a client. Installed after `app.mount`, it starts with the first component that uses it. Opens nothing on a server. Never throws.
 *
 * @example
 * createApp(Shop).use(cartEcho(createCartEcho({ ...readPage(), connect: echo(() => window.Echo) }))).mount('#app')
 */
export const cartEcho = (client: CartEcho, { page }: CartEchoPluginOptions = {}): Plugin => ({
  install: (app) => {
    const stops: Stop[] = []
    const start = (): void => void stops.push(handle(client, page), client.start())
    const room = createRoom(client, start)
    const { isOpen } = room
    const { mount, unmount } = app
    const end = (): void => {
      for (const stop of stops.splice(0)) stop()
      isOpen.value = false
    }
    app.provide(ROOM, room)
    app.mount = (...given) => {
      // Vue warns of a second one, and does nothing.
      if (isOpen.value) return mount(...given)
      isOpen.value = true
      let root: ReturnType<typeof mount> | undefined
      try {
        root = mount(...given)
        return root
      } finally {
        // There may be no such element, a component may have thrown, or have unmounted the app at once.
        if (root && isOpen.value) start()
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

const handle = (client: CartEcho, page: CartEchoPluginOptions['page']): Stop =>
  watch(
    () => {
      const identity = toValue(page)
      return identity && textOf(identity)
    },
    () => {
      const identity = toValue(page)
      if (identity) identifyWithoutThrowing(client, identity)
    },
    { immediate: true },
  )
