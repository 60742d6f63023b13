import { unclobbered } from '../engine/environment'
import type { CartEchoNotice, Change } from '../engine/events'
import { languageAround } from './language'
import type { NoticeMessages } from './messages'
import { say, textOf } from './say'

/** Offers changes to the page, which may show them itself instead of the notice. */
export interface Offers {
  /** Offers those of these changes that are new, all in one event. */
  readonly offer: (changes: readonly Change[], messages: NoticeMessages) => void
  /** True for a change that was not offered yet. */
  readonly isNew: (change: Change) => boolean
  /** True for a change that the page did not take over. */
  readonly isOurs: (change: Change) => boolean
}

/** None was offered yet. */
export const createOffers = (): Offers => {
  const offered = new WeakSet<Change>()
  const takenOver = new WeakSet<Change>()
  const isNew = (change: Change): boolean => !offered.has(change)
  return {
    offer: (all, messages) => {
      const changes = all.filter(isNew)
      const words = say(changes, messages)
      for (const change of changes) offered.add(change)
      if (!words) return
      const lang = words.lines[0]?.lang ?? languageAround(unclobbered(document, 'body'))
      if (dispatchOffer({ text: textOf(words), lang, changes })) return
      for (const change of changes) takenOver.add(change)
    },
    isNew,
    isOurs: (change) => !takenOver.has(change),
  }
}

const dispatchOffer = (detail: CartEchoNotice): boolean =>
  document.dispatchEvent(new CustomEvent('cart-echo-notice', { detail, bubbles: true, cancelable: true }))
