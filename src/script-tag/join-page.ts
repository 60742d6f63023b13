import { type AlpineLike, cartEcho } from '../adapters/alpine'
import { removeInvalidSocketId } from '../adapters/livewire/requests'
import type { CartEcho } from '../engine/cart-echo'
import { pageGlobal } from '../engine/environment'
import type { PageIdentity } from '../engine/identity'

/** Connects the cart to Alpine, Turbo and `wire:navigate`, now or when they come. The bridge to Livewire comes with the code. */
export const joinPage = (cart: CartEcho, page: () => PageIdentity): void => {
  joinAlpine(cart)
  // Not later, with the bridge: the socket has no id while it opens, which is now.
  removeInvalidSocketId(new AbortController().signal)
  for (const visited of ['turbo:load', 'livewire:navigated']) {
    document.addEventListener(visited, () => cart.identify(page()))
  }
}

/** An Alpine, as far as adding a plugin needs it. */
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
