import { type AlpineLike, cartEcho } from '../adapters/alpine'
import { removeInvalidSocketId } from '../adapters/livewire/surface'
import type { CartEcho } from '../engine/cart-echo'
import type { PageIdentity } from '../engine/identity'
import { pageGlobal } from '../engine/page-globals'

/** Joins what is on the page, or comes: Alpine, Turbo, `wire:navigate`. The bridge to Livewire comes with the code. */
export const joinPage = (cart: CartEcho, page: () => PageIdentity): void => {
  joinAlpine(cart)
  // Not with the bridge: a socket has no id as long as it is not open, and that is now.
  removeInvalidSocketId(new AbortController().signal)
  for (const visited of ['turbo:load', 'livewire:navigated']) {
    document.addEventListener(visited, () => cart.identify(page()))
  }
}

/** An Alpine, as far as plugging in goes. */
type Pluggable = { plugin(plug: (Alpine: AlpineLike) => void): void }

const joinAlpine = (cart: CartEcho): void => {
  const plugin = cartEcho(cart)
  const plugIn = (): void => {
    const Alpine = pageGlobal('Alpine') as Pluggable | undefined
    if (typeof Alpine?.plugin === 'function') Alpine.plugin(plugin)
  }
  document.addEventListener('alpine:init', plugIn)
  plugIn()
}
