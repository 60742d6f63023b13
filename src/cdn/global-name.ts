import type { CartEcho } from '../core/cart-echo'
import { createGuard, type OnError } from '../core/emitter'
import type { Stop } from '../core/environment'
import type { CartEchoOptions } from '../create-cart-echo'

/** Gets the page's cart. */
export type WhenReady = (cart: CartEcho) => void

/** `window.CartEcho` of the script tag. */
export interface CartEchoGlobal {
  readonly version: string
  /** The page's cart. It is there at once; most of its code comes when the page is done, and only if there is somebody to listen for. */
  readonly cart: CartEcho
  /** Calls with the cart, at once. It is what the stub has too, so that a page need not know whether an `async` script is there yet. */
  readonly ready: (callback: WhenReady) => void
  /**
   * Starts by hand, with options over those of the page: for a tag with `data-manual`. Returns what stops it.
   * @throws {CartEchoError} `invalid-options` when options come after the code was asked for.
   */
  readonly start: (options?: Partial<CartEchoOptions>) => Stop
}

/** What may stand there before: `window.CartEcho ??= { queue: [], ready(cb) { this.queue.push(cb) } }`. */
export interface CartEchoStub {
  readonly queue?: readonly WhenReady[] | undefined
}

type Named = { CartEcho?: Partial<CartEchoGlobal> & CartEchoStub & { warned?: boolean } }

/**
 * Takes the name `CartEcho` on the page and calls what the stub has queued. False, with one warning, where another copy, of whatever version, was
 * here first: that one goes on, this one does nothing.
 */
export const takeName = (version: string, make: () => CartEchoGlobal, onError: OnError): boolean => {
  const page = globalThis as Named
  const before = page.CartEcho
  if (before?.version) {
    if (!before.warned) console.warn(`[cart-echo] The page has ${before.version} already; ${version} does nothing.`)
    before.warned = true
    return false
  }
  const api = make()
  page.CartEcho = api
  const guard = createGuard(onError)
  for (const callback of before?.queue ?? []) guard('CartEcho.ready', () => callback(api.cart))
  return true
}
