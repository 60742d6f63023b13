import type { CartEcho } from '../engine/cart-echo'
import { CartEchoError } from '../engine/errors'
import { ownOnly } from '../engine/shape'
import type { AlpineLike } from './alpine/alpine-like'
import { cartEchoDirective } from './alpine/directive'
import { hasStarted, readAnew } from './alpine/read-anew'
import { type ShownCart, showCart } from './alpine/shown-cart'

export type { CartEcho } from '../engine/cart-echo'
export type { CartEventMap, Change } from '../engine/events'
export type { CheckResult } from '../engine/session'
export type { Connection } from '../engine/state'
export type { CartDomEventMap } from '../page/dom-events'
export type { AlpineLike, DirectiveWords, ElementTools, Evaluation, HandleDirective } from './alpine/alpine-like'
export type { ShownCart } from './alpine/shown-cart'

// The same symbol in every copy and version: this Alpine has the plugin.
const APPLIED = Symbol.for('cart-echo.alpine')

/**
 * The plugin: `Alpine.plugin(cartEcho(cart))`, best before Alpine starts: elements that it came too late for are read anew. It gives `$cartEcho` and `$store.cartEcho`, one reactive
 * `ShownCart`, and for elements:
 *
 * - `x-cart-echo:changed="expression"` with `$change`, the payload, and `$meta`, for each change. `.cart-stock-changed`, the DOM name of
 *   another event, hears that one instead.
 * - `x-cart-echo:status="expression"` with `$connection`, for each new connection from now on.
 * - `x-cart-echo:refresh="expression"` with `$cursor` and `$signal` is an `onRefresh`: what it gives is waited for. In a Livewire component
 *   `$wire.$refresh()` when left out. `.settle.500ms` and `.spread.5000ms` are its options.
 *
 * `.once`, `.debounce` and `.throttle` (250 ms) are those of `x-on`, and take `.1s` too, for `changed` and `status`. Everything ends with its element; the rest
 * lives as long as Alpine does. The page calls `cart.start()`. A store or a magic of the page's own by that name stays, with one
 * warning; applied again, it does nothing. A directive that cannot be read is a warning, too.
 * @throws {CartEchoError} `invalid-options` without the cart, as in `Alpine.plugin(cartEcho)`.
 */
export const cartEcho = (cart: CartEcho): ((Alpine: AlpineLike) => void) => {
  if (!cart?.news) throw new CartEchoError('invalid-options', 'Write Alpine.plugin(cartEcho(cart)), with your cart.')
  return (Alpine) => {
    if (APPLIED in Alpine) return
    Reflect.defineProperty(Alpine, APPLIED, ownOnly({ value: true }))
    const shown = showCart(cart, Alpine.reactive)
    const directive = cartEchoDirective(cart, Alpine, warn)
    const taken = [giveMagic(Alpine, shown), giveStore(Alpine, shown)].filter((name) => name !== null)
    if (taken.length > 0) warn(`${taken.join(' and ')} were taken, and stay as they are.`)
    // Livewire's morph copies elements to compare them; what such a copy hears would never end.
    Alpine.directive('cart-echo', Alpine.skipDuringClone?.(directive) ?? directive)
    if (hasStarted()) readAnew()
  }
}

const giveMagic = (Alpine: AlpineLike, shown: ShownCart): string | null => {
  const magics = Alpine.injectMagics?.({}, document.createElement('i'))
  if (magics && '$cartEcho' in magics) return '$cartEcho'
  Alpine.magic('cartEcho', () => shown)
  return null
}

const giveStore = (Alpine: AlpineLike, shown: ShownCart): string | null => {
  if (Alpine.store('cartEcho')) return '$store.cartEcho'
  Alpine.store('cartEcho', shown)
  return null
}

const warn = (words: string): void => console.warn(`[cart-echo] ${words}`)
