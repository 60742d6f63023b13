import type { CartEchoOptions } from '../create-cart-echo'
import { readPage } from '../dom/page'
import { beNative } from './be-native'
import type { Built } from './built'
import { type CartEchoGlobal, takeName } from './global-name'
import { createPageCart } from './page-cart'
import { createImport } from './parts'
import { whenParsed } from './when-done'

/** Put in its place by the build. */
declare const CART_ECHO_BUILT: Built

// In a callback it would be null already (https://developer.mozilla.org/docs/Web/API/Document/currentScript).
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null

const { version, integrity } = CART_ECHO_BUILT

/** The `data-*` settings that are not about the page (those `readPage` reads). By attribute: `dataset` inherits from Object.prototype. */
const tag = {
  isManual: script?.hasAttribute('data-manual') ?? false,
  hasNotices: script?.getAttribute('data-notice') !== 'off',
  events: (script?.getAttribute('data-events') ?? '').split(/[\s,]+/).filter(Boolean) as CartEchoOptions['events'],
}

/** Makes the page's cart; `begin` has it start when the page is parsed. */
const open = (): CartEchoGlobal => {
  const { cart, page, start, tryAgain, onError } = createPageCart({
    read: () => readPage({ script }),
    given: { events: tag.events },
    importPart: createImport({ script: script?.src || document.baseURI, nonce: script?.nonce, integrity }),
    hasNotices: tag.hasNotices,
  })
  let isByHand = tag.isManual
  const begin = (): void => {
    beNative(cart, page)
    addEventListener('online', tryAgain)
    document.addEventListener('visibilitychange', tryAgain)
    whenParsed(() => {
      cart.identify(page())
      document.dispatchEvent(new CustomEvent('cart-echo-ready', { detail: cart, bubbles: true }))
      if (!isByHand) start()
    })
  }
  return {
    begin,
    version,
    cart,
    onError,
    start: (options) => {
      isByHand = true
      return start(options)
    },
  }
}

takeName(version, open)
