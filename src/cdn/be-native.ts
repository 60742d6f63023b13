import { type AlpineLike, cartEcho } from '../adapters/alpine'
import { livewire } from '../adapters/livewire'
import type { CartEcho } from '../core/cart-echo'
import type { PageIdentity } from '../core/shopper'
import { peek } from '../transports/echo/shape'

/** Joins what is on the page, or comes: Alpine, Livewire, Turbo. */
export const beNative = (cart: CartEcho, page: () => PageIdentity): void => {
  joinAlpine(cart)
  joinLivewire(cart, page)
  document.addEventListener('turbo:load', () => cart.identify(page()))
}

/** An Alpine, as far as plugging in goes. */
type Pluggable = { plugin(plug: (Alpine: AlpineLike) => void): void }

const joinAlpine = (cart: CartEcho): void => {
  const plugin = cartEcho(cart)
  const plugIn = (): void => {
    const Alpine = peek(globalThis, 'Alpine') as Pluggable | undefined
    if (typeof Alpine?.plugin === 'function') Alpine.plugin(plugin)
  }
  document.addEventListener('alpine:init', plugIn)
  plugIn()
}

// The bridge reads the cart through Livewire, so it must not be there where that is not.
const joinLivewire = (cart: CartEcho, page: () => PageIdentity): void => {
  const bridge = (): void => void livewire(cart, { page })
  if ('Livewire' in globalThis) bridge()
  else document.addEventListener('livewire:init', bridge)
}
