import { type CartEcho, insistOnCart } from '../engine/cart-echo'
import type { AlpineLike } from './alpine/alpine-like'
import { cartEchoDirective } from './alpine/directive'
import { alpinePlugin } from './alpine/plugin'
import { showCart } from './alpine/shown-cart'

export type { CartEcho } from '../engine/cart-echo'
export type { CartEventMap, Change } from '../engine/events'
export type { CheckResult } from '../engine/session'
export type { Connection } from '../engine/state'
export type { CartDomEventMap } from '../page/dom-events'
export type { AlpineLike, DirectiveWords, ElementTools, Evaluation, HandleDirective } from './alpine/alpine-like'
export type { ShownCart } from './alpine/shown-cart'

/**
 * The Alpine plugin: `Alpine.plugin(cartEcho(cart))`, best before Alpine starts; elements that were initialised before it are read again. It adds
 * `$cartEcho` and `$store.cartEcho`, which are one reactive `ShownCart`, and directives:
 *
 * - `x-cart-echo:changed="expression"` runs for each change, with `$change` (the payload) and `$meta`. For another event add its DOM name, as in
 *   `x-cart-echo:changed.cart-stock-changed`.
 * - `x-cart-echo:status="expression"` runs for each later change of the connection, with `$connection`.
 * - `x-cart-echo:refresh="expression"` is an `onRefresh`, with `$cursor` and `$signal`; a promise it returns is awaited. Without an expression it calls
 *   `$wire.$refresh()`, in a Livewire component. `.settle.500ms` and `.spread.5000ms` are its options.
 *
 * `changed` and `status` also take `.once`, `.debounce` and `.throttle` (250 ms) as `x-on` does, with seconds (`.1s`) too. A directive ends with its
 * element; the rest lasts as long as Alpine. The plugin does not call `cart.start()`. A store or magic of the page by that name stays, with one
 * warning; so does a directive that cannot be read. Applying the plugin again does nothing.
 * @throws {CartEchoError} `invalid-options` without the cart, as in `Alpine.plugin(cartEcho)`.
 */
export const cartEcho = (cart: CartEcho): ((Alpine: AlpineLike) => void) => {
  insistOnCart(cart, 'Alpine.plugin(cartEcho(cart))')
  return alpinePlugin(
    ({ reactive }) => showCart(cart, reactive),
    (Alpine, shown) => cartEchoDirective(cart, Alpine, shown),
  )
}
