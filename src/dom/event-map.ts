import type { Connection } from '../core/connection'
import type { CartEventMap, CartEventName, DomEventName } from '../core/events'

/** The DOM events of every event in `CartEventMap`, and our own. */
export type CartDomEventMap = {
  [Name in CartEventName as DomEventName<Name>]: CustomEvent<CartEventMap[Name]>
} & {
  /** The connection is another; `detail` is the `Connection`. */
  'cart-echo-status': CustomEvent<Connection>
}

declare global {
  interface DocumentEventMap extends CartDomEventMap {}
  interface WindowEventMap extends CartDomEventMap {}
}
