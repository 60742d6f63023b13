import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import { attempt, ownOnly } from '../engine/shape'
import { isAskedFor } from './asked-for'
import { inspectorOfPage } from './element'

export type { CartEcho } from '../engine/cart-echo'
export type { Stop } from '../engine/environment'
export type { CartEventMap } from '../engine/events'
export type { CartDomEventMap } from '../page/dom-events'

/** Inserted by the build: this version. */
declare const CART_ECHO_VERSION: string

/** The options of `inspect`. */
export interface InspectOptions {
  /**
   * True: the panel is shown only where the page's address has `?cart-echo=inspect`. Anybody may write that into the address, and sees what their own page
   * hears. Default false: it is shown.
   */
  byAddress?: boolean | undefined
  /** Where `docs/errors.md` is, to which the panel links, without a fragment. Default: on jsdelivr, of this version. */
  docs?: string | undefined
}

declare global {
  interface HTMLElementTagNameMap {
    'cart-echo-inspector': HTMLElement
  }
}

/**
 * Shows a panel, in a `<cart-echo-inspector>`, that says what happens to a cart from now on: how the page is fed and what comes next, a timeline, the shopper's
 * tabs, payloads as they came, figures, a log; with buttons to ask the check, to drop the socket, and to copy a report that names nobody. For developers: it
 * speaks English, and has payloads in it.
 *
 * Returns a function that removes it. Called again for the same cart it moves the panel to the front; for another, it takes its place. Does nothing on a
 * server, or, after a warning in the console, when another copy has defined the element. What goes wrong in it closes it, with a warning. Never throws.
 */
export const inspect = (cart: CartEcho, options: InspectOptions = {}): Stop => {
  if (typeof document === 'undefined' || typeof customElements === 'undefined') return () => undefined
  const { byAddress = false, docs = DOCS } = ownOnly(options)
  if (byAddress && !isAskedFor()) return () => undefined
  return attempt(() => inspectorOfPage()?.open(cart, { docs, version: VERSION })) ?? (() => undefined)
}

// The tests run the sources, which no build has seen.
const VERSION = typeof CART_ECHO_VERSION === 'undefined' ? 'unbuilt' : CART_ECHO_VERSION
const DOCS = `https://cdn.jsdelivr.net/npm/cart-echo${VERSION === 'unbuilt' ? '' : `@${VERSION}`}/docs/errors.md`
