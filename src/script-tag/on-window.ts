// By another name, for here that one is the global's.

import type { CartEcho as Cart } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import type { StartOptions } from './engine'

export type { CartEchoOptions } from '../create-cart-echo'
export type { CartEcho } from '../engine/cart-echo'
export type { Stop } from '../engine/environment'
export type { CartEventMap } from '../engine/events'
export type { CartDomEventMap } from '../page/dom-events'
export type { StartOptions } from './engine'

/** Gets the page's cart. */
export type WhenReady = (cart: Cart) => void

/** What the script tag puts on `window`. */
export interface CartEchoGlobal {
  readonly version: string
  /** The page's cart. It is there at once; most of its code comes when the page is done, and only if there is somebody to listen for. */
  readonly cart: Cart
  /**
   * Starts, with options over those of the page: those that are undefined are not given. Misuse among them goes to `onError`, for the code that
   * knows it comes later. Returns what ends this.
   * @throws {CartEchoError} `invalid-options` when options come after that code was asked for; `invalid-user`, `invalid-cursor`.
   */
  readonly start: (options?: StartOptions) => Stop
  /**
   * Calls with the cart, at once. The stub has it too, so that a page need not know whether an `async` script is there yet. What the callback
   * throws goes to `onError`.
   */
  readonly ready: (callback: WhenReady) => void
}

/** What may stand there before: `window.CartEcho ??= { queue: [], ready(callback) { this.queue.push(callback) } }`. */
export interface CartEchoStub {
  readonly version?: undefined
  readonly cart?: undefined
  readonly start?: undefined
  readonly queue: WhenReady[]
  ready(callback: WhenReady): void
}

declare global {
  interface Window {
    /** The script tag's, once it has run; before, nothing, or the stub. Its name alone, `CartEcho`, is for scripts after the tag. */
    CartEcho?: CartEchoGlobal | (CartEchoStub & ThisType<CartEchoStub>) | undefined
  }
  /** The script tag's. For scripts that run after it: `defer`, in the order of the page, or from `ready`. */
  const CartEcho: CartEchoGlobal
}
