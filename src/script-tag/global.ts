import type { CartEchoOptions } from '../create-cart-echo'
import { readPage } from '../page/block'
import { whenParsed } from '../page/dom-events'
import { browserEnvironment } from '../page/environment'
import type { Built } from './built'
import { claimGlobal, type Opened } from './claim-global'
import { joinPage } from './join-page'
import { createOwnTag, findTag, sourceOf } from './own-tag'
import { createPageCart } from './page-cart'
import { createImport } from './parts'

/** Inserted by the build. */
declare const CART_ECHO_BUILT: Built

const { version, integrity } = CART_ECHO_BUILT
const script = findTag()

/** The `data-*` settings that `readPage` does not read. Not from `dataset`, which inherits from Object.prototype. */
const settings = {
  isManual: script?.hasAttribute('data-manual') ?? false,
  hasNotices: script?.getAttribute('data-notice') !== 'off',
  events: (script?.getAttribute('data-events') ?? '').split(/[\s,]+/).filter(Boolean) as CartEchoOptions['events'],
}

/** Creates the page's cart; `begin` starts it when the page is parsed. */
const open = (): Opened => {
  if (!script) console.warn(`[cart-echo] Which tag is this script's? As a module, use cart-echo.esm.js.`)
  const tag = createOwnTag(script)
  const { cart, page, start, onError } = createPageCart({
    environment: browserEnvironment(),
    read: () => readPage({ script: tag.identity() }),
    given: { events: settings.events },
    importPart: createImport({ script: sourceOf(script), nonce: script?.nonce, integrity }),
    hasNotices: settings.hasNotices,
  })
  let isByHand = settings.isManual
  return {
    begin: () => {
      joinPage(cart, page)
      whenParsed(() => {
        cart.identify(page())
        document.dispatchEvent(new CustomEvent('cart-echo-ready', { detail: cart, bubbles: true }))
        if (!isByHand) start()
      })
    },
    cart,
    onError,
    start: (options) => {
      isByHand = true
      return start(options)
    },
    adopt: (next) => {
      const isNew = tag.adopt(next)
      if (isNew) cart.identify(page())
      return isNew
    },
  }
}

claimGlobal(version, script, open)
