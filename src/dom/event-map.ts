import type { CartEcho } from '../core/cart-echo'
import type { Connection } from '../core/connection'
import type { CartEventMap, CartEventName, DomEventName } from '../core/events'
import type { CartEchoNotice } from '../core/notice'
import type { CartEchoRefresh } from './events'

/** The DOM events of every event in `CartEventMap`, and our own. */
export type CartDomEventMap = {
  [Name in CartEventName as DomEventName<Name>]: CustomEvent<CartEventMap[Name]>
} & {
  /** The script tag is there; `detail` is the page's cart, which listens, or will. Once, when the page is parsed. */
  'cart-echo-ready': CustomEvent<CartEcho>
  /** The connection is another; `detail` is the `Connection`. */
  'cart-echo-status': CustomEvent<Connection>
  /**
   * An `onRefresh` is about to run, also once more after a failure, or for `cart.refresh()`. `preventDefault()`: not this time; nothing is
   * reported or tried again for that, and the next reason asks anew.
   */
  'cart-echo-refresh': CustomEvent<CartEchoRefresh>
  /**
   * The notice of `cart-echo/notice` is about to say something, on a page that is looked at, once for a burst. `preventDefault()`: the page says it its
   * own way, and the notice is silent about these changes. They stay unread until `cart.dismiss()`.
   */
  'cart-echo-notice': CustomEvent<CartEchoNotice>
}

declare global {
  interface DocumentEventMap extends CartDomEventMap {}
  interface WindowEventMap extends CartDomEventMap {}
}
