import { type CartEcho, insistOnCart } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import { ownOnly } from '../engine/shape'
import { noticesOfPage } from './element'
import { messagesOfPage, type NoticeMessages } from './messages'
import { createPresenter } from './presenter'

export type { CartEcho } from '../engine/cart-echo'
export type { Stop } from '../engine/environment'
export type { CartEchoNotice, CartEventMap, Change } from '../engine/events'
export type { CartDomEventMap } from '../page/dom-events'
export type { NoticeMessages, NoticeValues, PluralForms } from './messages'
export type { NoticeTemplate } from './say'

/** The options of `showNotices`. */
export interface NoticeOptions {
  /** Texts, overriding those in the page's `data-cart-echo-notice` block. Default: the server's messages, and English. */
  messages?: NoticeMessages | undefined
}

declare global {
  interface HTMLElementTagNameMap {
    'cart-echo-notice': HTMLElement
  }
}

/**
 * Shows what changed in the cart, why, and the new total, in a `<cart-echo-notice>`, until the shopper dismisses it; screen readers announce it at
 * their next pause. It uses an inline notice that the page has placed, if that can be seen and heard; else a floating one, of the page or added to
 * `<html>`. A burst is shown as one notice, with the newest total. Nothing is shown while the page is hidden. After Back (the back/forward cache), earlier
 * changes are shown only when the owner is confirmed: the check has named the page's owner, or, if it names none, the channel was authorised again.
 *
 * Returns a function that removes it. Called again before that, the new one waits until then. Does nothing on a server, or, after one warning in the
 * console, when another copy has defined the element.
 * @throws {CartEchoError} `invalid-options` without the cart.
 */
export const showNotices = (cart: CartEcho, options: NoticeOptions = {}): Stop => {
  insistOnCart(cart, 'showNotices(cart)')
  if (typeof document === 'undefined' || typeof customElements === 'undefined') return () => undefined
  const notices = noticesOfPage()
  if (!notices) return () => undefined
  const { presenters } = notices
  const { messages } = ownOnly(options)
  const presenter = createPresenter(cart, () => ({ ...messagesOfPage(), ...messages }), notices)
  presenters.add(presenter)
  if (presenters.size === 1) presenter.begin()
  return () => {
    const [first] = presenters
    if (!presenters.delete(presenter)) return
    presenter.end()
    const [next] = presenters
    if (first === presenter) next?.begin()
  }
}
