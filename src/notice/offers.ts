import type { CartEchoNotice, Change } from '../engine/events'
import { unclobbered } from '../engine/page-globals'
import { languageAround } from './language'
import type { NoticeMessages } from './messages'
import { say, textOf } from './say'

/** What the page was asked whether it says it itself. */
export interface Offers {
  /** Asks for what is new among these, as one. */
  readonly make: (changes: readonly Change[], messages: NoticeMessages) => void
  /** True where the page was not asked yet. */
  readonly isNew: (change: Change) => boolean
  /** True where the page has not taken it over. */
  readonly isOurs: (change: Change) => boolean
}

/** None yet. */
export const createOffers = (): Offers => {
  const made = new WeakSet<Change>()
  const takenOver = new WeakSet<Change>()
  const isNew = (change: Change): boolean => !made.has(change)
  return {
    make: (all, messages) => {
      const changes = all.filter(isNew)
      const words = say(changes, messages)
      for (const change of changes) made.add(change)
      if (!words) return
      const lang = words.lines[0]?.lang ?? languageAround(unclobbered(document, 'body'))
      if (isLeft({ text: textOf(words), lang, changes })) return
      for (const change of changes) takenOver.add(change)
    },
    isNew,
    isOurs: (change) => !takenOver.has(change),
  }
}

const isLeft = (detail: CartEchoNotice): boolean =>
  document.dispatchEvent(new CustomEvent('cart-echo-notice', { detail, bubbles: true, cancelable: true }))
