import { type AlpineLike, cartEcho } from '../adapters/alpine'
import { livewire } from '../adapters/livewire'
import type { CartEcho } from '../core/cart-echo'
import { createGuard, type OnError } from '../core/emitter'
import { CartEchoError } from '../core/errors'
import type { PageIdentity } from '../core/shopper'
import type { CartEchoOptions } from '../create-cart-echo'
import { type PageSettings, readPage } from '../dom/page'
import type { Built } from './built'
import { type CartEchoGlobal, takeName } from './global-name'
import { createLateCart } from './late-cart'
import { createImport } from './parts'
import { whenDone, whenParsed } from './when-done'

/** The Alpine of a page, by name. */
type PageAlpine = { plugin(plug: (Alpine: AlpineLike) => void): void }

/** Put in its place by the build. */
declare const CART_ECHO_BUILT: Built

// In a callback it would be null already (https://developer.mozilla.org/docs/Web/API/Document/currentScript).
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null

const logError: OnError = (error) => console.error(`[cart-echo] ${error.code}:`, error)

/** The cart of this page, and what the page may do with it. */
const open = (): CartEchoGlobal => {
  const { version, integrity } = CART_ECHO_BUILT
  const importPart = createImport({ script: script?.src || document.baseURI, nonce: script?.nonce, integrity })
  const page = (): PageSettings => readPage({ script })
  let options: Partial<CartEchoOptions> | null = null
  let isFetched = false

  const onError: OnError = (error) => (options?.onError ?? logError)(error)
  const load = async (who: PageIdentity): Promise<CartEcho> => {
    isFetched = true
    const { createFromPage } = await importPart<typeof import('./engine')>('engine')
    return createFromPage({ ...page(), ...who }, options ?? {}, importPart)
  }
  const late = createLateCart({ word: {}, load, onError })
  const { cart } = late

  const start: CartEchoGlobal['start'] = (given) => {
    if (given && isFetched)
      throw new CartEchoError('invalid-options', 'Options come too late: the page listens already.')
    options = given ?? options
    return cart.start()
  }

  whenParsed(() => {
    cart.identify(page())
    document.dispatchEvent(new CustomEvent('cart-echo-ready', { detail: cart, bubbles: true }))
    if (!isManual()) whenDone(() => start())
  })
  beNative(cart, page)
  for (const [target, name] of [
    [globalThis, 'online'],
    [document, 'visibilitychange'],
  ] as const) {
    target.addEventListener(name, late.tryAgain)
  }
  return { version, cart, ready: (callback) => createGuard(onError)('CartEcho.ready', () => callback(cart)), start }
}

const isManual = (): boolean => script?.hasAttribute('data-manual') ?? false

/** Joins what is on the page, or comes: Alpine, Livewire, Turbo. */
const beNative = (cart: CartEcho, page: () => PageSettings): void => {
  const plugin = cartEcho(cart)
  const plugIn = (): void => (globalThis as { Alpine?: PageAlpine }).Alpine?.plugin(plugin)
  document.addEventListener('alpine:init', plugIn)
  plugIn()
  // Its bridge reads the cart through Livewire, so it must not be there where that is not.
  const bridge = (): void => void livewire(cart, { page })
  if ('Livewire' in globalThis) bridge()
  else document.addEventListener('livewire:init', bridge)
  document.addEventListener('turbo:load', () => cart.identify(page()))
}

takeName(CART_ECHO_BUILT.version, open, logError)
