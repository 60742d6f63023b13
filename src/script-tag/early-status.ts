import type { Connection } from '../engine/state'
import { DISPATCHER, isParsed } from '../page/dom-events'

/**
 * Dispatches `cart-echo-status` for a cart whose code, which does this later, is not there yet: on `target`, by default `document`; null: not at all.
 * Nothing is dispatched before `DOMContentLoaded`, or where another copy of the SDK dispatches.
 */
export const dispatchStatus = (connection: Connection, target: EventTarget | null = document): void => {
  if (!target || !isParsed() || DISPATCHER in target) return
  target.dispatchEvent(new CustomEvent('cart-echo-status', { detail: connection, bubbles: true }))
}
