import type { CartEcho } from '../engine/cart-echo'
import { createGuard, type OnError } from '../engine/emitter'
import { pageGlobal } from '../engine/page-globals'
import type { CartEchoGlobal, CartEchoStub, WhenReady } from './on-window'
import type { PageCart } from './page-cart'

/** What takes the name `CartEcho` on the page. */
export interface Opened extends Pick<PageCart, 'start'> {
  readonly cart: CartEcho
  readonly onError: OnError
  /** Called when the name is taken, and whoever waited for it was called. */
  readonly begin: () => void
  /** Hears of the tag of each further copy that runs. False: it says nothing new. */
  readonly adopt: (tag: HTMLScriptElement | null) => boolean
}

// The same symbol in every copy and version.
const ADOPT = Symbol.for('cart-echo.adopt')

/** What may have the name: another copy, of whatever version, or the stub. */
type Named = {
  CartEcho?: Partial<CartEchoGlobal> & { queue?: CartEchoStub['queue']; warned?: boolean; [ADOPT]?: Opened['adopt'] }
}

/**
 * Takes the name `CartEcho` on the page, and calls what the stub has queued. Where another copy, of whatever version, was here first, that
 * one goes on, and this one only hands it its tag. That is said once a page, but where the tag is why it ran: `wire:navigate` runs a script in `<body>` at
 * each visit for nothing.
 */
export const takeName = (version: string, tag: HTMLScriptElement | null, open: () => Opened): void => {
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
