import type { CartEcho } from '../engine/cart-echo'
import { createGuard, type OnError } from '../engine/emitter'
import { pageGlobal } from '../engine/environment'
import type { CartEchoGlobal, CartEchoStub, WhenReady } from './on-window'
import type { PageCart } from './page-cart'

/** The page's cart, and what `CartEcho` on the page needs of it. */
export interface Opened extends Pick<PageCart, 'start'> {
  readonly cart: CartEcho
  readonly onError: OnError
  /** Called when the global is set, and the callbacks that waited for it were called. */
  readonly begin: () => void
  /** Called with the tag of each further copy that runs. False: it says nothing new. */
  readonly adopt: (tag: HTMLScriptElement | null) => boolean
}

// The same symbol in every copy and version.
const ADOPT = Symbol.for('cart-echo.adopt')

/** What the global may be: another copy, of whatever version, or the stub. */
type Named = {
  CartEcho?: Partial<CartEchoGlobal> & { queue?: CartEchoStub['queue']; warned?: boolean; [ADOPT]?: Opened['adopt'] }
}

/**
 * Sets the global `CartEcho`, and calls the callbacks that the stub has queued. When another copy, of whatever version, was there first, that
 * one stays, and this one only passes its tag to it, with one warning per page. No warning when that tag says something new, which is why it ran:
 * `wire:navigate` runs a script in `<body>` again at each visit.
 */
export const claimGlobal = (version: string, tag: HTMLScriptElement | null, open: () => Opened): void => {
  const page = globalThis as Named
  const before = pageGlobal('CartEcho') as Named['CartEcho']
  if (before?.version) {
    const isAdopted = before[ADOPT]?.(tag) === true && before.version === version
    if (!isAdopted && !before.warned) {
      console.warn(`[cart-echo] The page has ${before.version} already; ${version} does nothing.`)
      before.warned = true
    }
    return
  }
  const { cart, start, onError, begin, adopt } = open()
  const guard = createGuard(onError)
  const ready = (callback: WhenReady): void => guard('CartEcho.ready', () => callback(cart))
  page.CartEcho = { version, cart, start, ready, [ADOPT]: adopt }
  if (Array.isArray(before?.queue)) before.queue.forEach(ready)
  begin()
}
