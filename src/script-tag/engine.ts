import { livewire } from '../adapters/livewire'
import { type EchoOptions, echo, type PageEcho } from '../connections/echo'
import { type CartEchoOptions, createCartEchoIn } from '../create-cart-echo'
import type { CartEcho } from '../engine/cart-echo'
import { pageGlobal } from '../engine/environment'
import type { PageSettings } from '../page/block'
import { browserEnvironment, browserTabs } from '../page/environment'
import { connectPage } from './page-echo'
import type { ImportPart } from './parts'

/** The options of `CartEcho.start()`. A page with the script tag cannot call `echo()`, so the options of `echo()` are given here. */
export interface StartOptions extends Partial<CartEchoOptions>, EchoOptions {
  /** Another Echo than `window.Echo`. */
  echo?: PageEcho | undefined
}

/** What the page says, and the options it was started with. */
export interface PageOptions extends StartOptions, Pick<PageSettings, 'reverb'> {}

/** Creates the page's cart, and connects it to Livewire, now or when it comes. Throws as `createCartEcho` does. */
export const createFromPage = ({ echo: source, steer, ...page }: PageOptions, importPart: ImportPart): CartEcho => {
  const connect = source ? echo(source, { steer }) : connectPage(page.reverb, { steer })
  const cart = createCartEchoIn(browserEnvironment(), { connect, ...page }, browserTabs, () => importPart('tabs'))
  joinLivewire(cart)
  return cart
}

// The bridge reloads the cart through Livewire, so a page without Livewire must not have it.
const joinLivewire = (cart: CartEcho): void => {
  const bridge = (): void => void livewire(cart)
  if (pageGlobal('Livewire')) bridge()
  else document.addEventListener('livewire:init', bridge)
}
