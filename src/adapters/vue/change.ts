import type { ChangeListener } from '../../engine/cart-echo'
import type { Stop } from '../../engine/environment'
import type { CartEventName } from '../../engine/events'
import { useRoom } from './room'
import { whileOpen } from './while-open'

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
