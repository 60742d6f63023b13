import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import { noticesOfPage } from './element'
import type { NoticeMessages } from './messages'
import { wordsOfPage } from './messages'
import { createSpeaker } from './speaker'

export type { CartEcho } from '../engine/cart-echo'
export type { Stop } from '../engine/environment'
export type { CartEchoNotice, CartEventMap, Change } from '../engine/events'
export type { CartDomEventMap } from '../page/dom-events'
export type { NoticeMessages, NoticeValues, PluralForms } from './messages'
export type { NoticeTemplate } from './say'

/** How notices speak. */
export interface NoticeOptions {
  /** Their words, over those in the page's `data-cart-echo-notice` block. Default: the server's, and English. */
  messages?: NoticeMessages | undefined
}

declare global {
  interface HTMLElementTagNameMap {
    'cart-echo-notice': HTMLElement
  }
}

/**
 * Shows what changed in the cart, why, and the new total, in a `<cart-echo-notice>`, until the shopper dismisses it; a screen reader says it when
 * there is a pause. In an inline one that the page has put beside its totals and that can be seen and heard, else in a floating one: the page's own, or one that
 * this adds to `<html>`. Nothing is shown while the page is hidden. What came before Back (the back/forward cache) is not shown before it is known whose cart it is: when the
 * check has named the page's owner, where none is named when the channel is authorised anew, else not again. A burst is told as one, with the newest total.
 *
 * Returns a function that takes it all back. Called again meanwhile, it waits until then. Does nothing on a server, and, after one warning in the console, where
 * another copy has defined the element. Never throws.
 */
export const showNotices = (cart: CartEcho, { messages = {} }: NoticeOptions = {}): Stop => {
  if (typeof document === 'undefined' || typeof customElements === 'undefined') return () => undefined
  const notices = noticesOfPage()
  if (!notices) return () => undefined
  const { speakers } = notices
  const speaker = createSpeaker(cart, () => ({ ...wordsOfPage(), ...messages }), notices)
  speakers.add(speaker)
  if (speakers.size === 1) speaker.begin()
  return () => {
    const [first] = speakers
    if (!speakers.delete(speaker)) return
    speaker.end()
    const [next] = speakers
    if (first === speaker) next?.begin()
  }
}
