// Renamed, because `CartEcho` is the global's name here.

import type { CartEcho as Cart } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import type { StartOptions } from './engine'

export type { CartEchoOptions } from '../create-cart-echo'
export type { CartEcho } from '../engine/cart-echo'
export type { Stop } from '../engine/environment'
export type { CartEventMap } from '../engine/events'
export type { CartDomEventMap } from '../page/dom-events'
export type { StartOptions } from './engine'

/** Called with the page's cart. */
export type WhenReady = (cart: Cart) => void

/** What the script tag puts on `window`. */
export interface CartEchoGlobal {
  readonly version: string
  /** The page's cart. It exists at once; most of its code is fetched when the page is done, and only if there is a user or a guest. */
  readonly cart: Cart
  /**
   * Starts the cart. `options` override those of the page; undefined ones do not count. Misuse among them goes to `onError`, because the code, which detects
   * it, is fetched later; then nothing is started, and the next start may bring better options. Returns the function that releases this start.
   * @throws {CartEchoError} `invalid-options` when options come after the code was requested.
   */
  readonly start: (options?: StartOptions) => Stop
  /**
   * Calls the callback with the cart, at once. The stub has it too, so a page need not know whether an `async` script has run. What the callback
   * throws goes to `onError`.
   */
  readonly ready: (callback: WhenReady) => void
  /**
   * Shows the inspector (`cart-echo/inspector`), which is fetched then: also on a page without a user, and where the tag says nothing of it. Resolves with
   * what removes it; with undefined where its code could not be fetched, which goes to `onError`. Never rejects.
   */
  readonly inspect: () => Promise<Stop | undefined>
}

/** What a page may set before: `window.CartEcho ??= { queue: [], ready(callback) { this.queue.push(callback) } }`. */
export interface CartEchoStub {
  readonly version?: undefined
  readonly cart?: undefined
  readonly start?: undefined
  readonly inspect?: undefined
  readonly queue: WhenReady[]
  ready(callback: WhenReady): void
}

declare global {
  interface Window {
    /** Set by the script tag when it has run; before that nothing, or the stub. Use plain `CartEcho` in scripts after the tag. */
    CartEcho?: CartEchoGlobal | (CartEchoStub & ThisType<CartEchoStub>) | undefined
  }
  /** Set by the script tag. For scripts that run after it: with `defer`, in page order, or in a `ready` callback. */
  const CartEcho: CartEchoGlobal
}
