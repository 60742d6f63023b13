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
import { type Connection, unheard } from '../../engine/state'

/** What the components of one app share. On a server it is never opened, and stays as it was made. */
export interface Room {
  readonly client: CartEcho
  /** True while the app is being mounted, and mounted. */
  readonly isOpen: ShallowRef<boolean>
  readonly connection: ShallowRef<Connection>
  readonly news: ShallowRef<News>
  /** For an app that was mounted before it had a room: opens it, and starts listening. */
  readonly openLate: () => void
}

/** Where an app keeps its room. */
export const ROOM: InjectionKey<Room> = Symbol('cart-echo')

/** The room of an app that is not mounted yet; while it is open it shows what is. */
export const createRoom = (client: CartEcho, start: () => void): Room => {
  const isOpen = shallowRef(false)
  const openLate = (): void => {
    if (isOpen.value) return
    isOpen.value = true
    start()
  }
  const room = { client, isOpen, connection: shallowRef(unheard), news: shallowRef(noNews), openLate }
  whileOpen(room, () => follow(client.connection, room.connection))
  whileOpen(room, () => follow(client.news, room.news))
  return room
}

const follow = <Value>(source: Source<Value>, ref: ShallowRef<Value>): Stop =>
  source.subscribe((value) => {
    ref.value = value
  })

/**
 * The room of the app we are in.
 * @throws {CartEchoError} `no-provider`
 */
export const useRoom = (): Room => {
  const room = hasInjectionContext() ? inject(ROOM, null) : null
  if (room) {
    noticeLate(room)
    return room
  }
  throw new CartEchoError('no-provider', 'Call app.use(cartEcho(client)) first, and this where inject() works.')
}

// A component that is set up in a closed room, and is mounted nevertheless, which none is on a server: the plugin came after app.mount.
const noticeLate = ({ isOpen, openLate }: Room): void => {
  const component = isOpen.value ? null : getCurrentInstance()
  if (!component || component.isMounted) return
  // The component may be gone by then. Not sooner, for what is watched now would end with it.
  onMounted(() => nextTick(() => component.isUnmounted || openLate()))
}

/**
 * The client of the app. Works where `inject` does: in `setup` before the first `await`, in a Pinia store, in
 * `app.runWithContext`. Elsewhere use the client itself, which has the same by `on`, `onRefresh`, `connection` and `news`.
 * @throws {CartEchoError} `no-provider` without the plugin, and where `inject` does not work.
 */
export const useCartEcho = (): CartEcho => useRoom().client

/**
 * Listens while the app is mounted and the effect scope, if there is one, lives; never on a server, where no scope would end it.
 * Returns what ends it sooner.
 */
export const whileOpen = ({ isOpen }: Pick<Room, 'isOpen'>, listen: () => Stop): Stop =>
  watch(
    isOpen,
    (open, _before, onCleanup) => {
      if (open) onCleanup(listen())
    },
    // A change that comes in the same tick would be lost to a handler that waits for the next.
    { immediate: true, flush: 'sync' },
  )
