import { useEffect } from 'react'
import type { ChangeListener } from '../../engine/cart-echo'
import type { CartEventName } from '../../engine/events'
import { useLatest } from './latest'
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
