import { livewire } from '../adapters/livewire'
import { type CartEchoOptions, createCartEcho } from '../create-cart-echo'
import type { CartEcho } from '../engine/cart-echo'
import { pageGlobal } from '../engine/page-globals'
import type { PageSettings } from '../page/block'
import { pageEcho } from './page-echo'
import type { ImportPart } from './parts'

/** What a page says and was given. */
export interface PageOptions extends Partial<CartEchoOptions>, Pick<PageSettings, 'reverb'> {}

/** Makes the page's cart, and joins it to Livewire, which may be there or come. Throws as `createCartEcho` does. */
export const createFromPage = (page: PageOptions, importPart: ImportPart): CartEcho => {
  const cart = createCartEcho({ echo: pageEcho(page.reverb, importPart), ...page })
  joinLivewire(cart)
  return cart
}

// The bridge reads the cart through Livewire, so it must not be there where that is not.
const joinLivewire = (cart: CartEcho): void => {
  const bridge = (): void => void livewire(cart)
  if (pageGlobal('Livewire')) bridge()
  else document.addEventListener('livewire:init', bridge)
}
