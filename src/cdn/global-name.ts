import type { CartEcho } from '../core/cart-echo'
import { createGuard, type OnError } from '../core/emitter'
import type { PageCart } from './page-cart'

/** Gets the page's cart. */
export type WhenReady = (cart: CartEcho) => void

/** What goes by the name `CartEcho` on the page. */
export interface CartEchoGlobal extends Pick<PageCart, 'start'> {
  readonly version: string
  /** The page's cart. It is there at once; most of its code comes when the page is done, and only if there is somebody to listen for. */
  readonly cart: CartEcho
  readonly onError: OnError
  /** Called when the name is taken, and whoever waited for it was called. */
  readonly begin: () => void
}

/** `window.CartEcho` of the script tag. */
export interface PublicGlobal extends Pick<CartEchoGlobal, 'version' | 'cart' | 'start'> {
  /**
   * Calls with the cart, at once. The stub has it too, so that a page need not know whether an `async` script is there yet. What the callback
   * throws goes to `onError`.
   */
  readonly ready: (callback: WhenReady) => void
}

/** What may stand there before: `window.CartEcho ??= { queue: [], ready(callback) { this.queue.push(callback) } }`. */
export interface CartEchoStub {
  readonly queue?: readonly WhenReady[] | undefined
}

type Named = { CartEcho?: Partial<PublicGlobal> & CartEchoStub & { warned?: boolean } }

/**
 * Takes the name `CartEcho` on the page, and calls what the stub has queued. Where another copy, of whatever version, was here first, that
 * one goes on and this one does nothing, with one warning for the page: `wire:navigate` runs a script in `<body>` at each visit.
 */
export const takeName = (version: string, open: () => CartEchoGlobal): void => {
  const page = globalThis as Named
  const before = page.CartEcho
  if (before?.version) {
    if (!before.warned) console.warn(`[cart-echo] The page has ${before.version} already; ${version} does nothing.`)
    before.warned = true
    return
  }
  const { cart, start, onError, begin } = open()
  const guard = createGuard(onError)
  const ready = (callback: WhenReady): void => guard('CartEcho.ready', () => callback(cart))
  page.CartEcho = { version, cart, start, ready }
  if (Array.isArray(before?.queue)) before.queue.forEach(ready)
  begin()
}
