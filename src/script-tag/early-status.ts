import type { Connection } from '../engine/state'
import { DISPATCHER, isParsed } from '../page/dom-events'

/**
 * Dispatches `cart-echo-status` for a cart whose code, which does that later, is not there: on `target`, on `document` when left out, nowhere when null. Not
 * before `DOMContentLoaded`, and not where another copy of the SDK dispatches.
 */
export const sayStatus = (connection: Connection, target: EventTarget | null = document): void => {
  if (!target || !isParsed() || DISPATCHER in target) return
  target.dispatchEvent(new CustomEvent('cart-echo-status', { detail: connection, bubbles: true }))
}
