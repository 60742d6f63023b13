import { livewire } from '../adapters/livewire'
import { type EchoOptions, echo, type PageEcho } from '../connections/echo'
import { type CartEchoOptions, createCartEcho } from '../create-cart-echo'
import type { CartEcho } from '../engine/cart-echo'
import { pageGlobal } from '../engine/page-globals'
import type { PageSettings } from '../page/block'
import { connectPage } from './page-echo'
import type { ImportPart } from './parts'

/** What a page with the script tag may give to `CartEcho.start()`: it has no `echo()` to call, so it says here what would be handed to that. */
export interface StartOptions extends Partial<CartEchoOptions>, EchoOptions {
  /** Another Echo than `window.Echo`. */
  echo?: PageEcho | undefined
}

/** What a page says and was given. */
export interface PageOptions extends StartOptions, Pick<PageSettings, 'reverb'> {}

/** Makes the page's cart, and joins it to Livewire, which may be there or come. Throws as `createCartEcho` does. */
export const createFromPage = ({ echo: source, steer, ...page }: PageOptions, importPart: ImportPart): CartEcho => {
  const connect = source ? echo(source, { steer }) : connectPage(page.reverb, importPart, { steer })
  const cart = createCartEcho({ connect, ...page })
  joinLivewire(cart)
  return cart
}

// The bridge reads the cart through Livewire, so it must not be there where that is not.
const joinLivewire = (cart: CartEcho): void => {
  const bridge = (): void => void livewire(cart)
  if (pageGlobal('Livewire')) bridge()
  else document.addEventListener('livewire:init', bridge)
}
