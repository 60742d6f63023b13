import type { CartEcho } from '../../core/cart-echo'
import type { Stop } from '../../core/environment'
import type { Change } from '../../core/events'
import type { CartEchoNotice } from '../../core/notice'
import type { NoticeElement, Notices, Speaker } from './element'
import type { NoticeMessages } from './messages'
import { watchModals } from './modal'
import { watchOwner } from './owner'
import { say, textOf } from './say'
import { createSettling } from './settle'
import { createStage } from './stage'

/** A speaker, and what ends it. */
export interface RunningSpeaker extends Speaker {
  /** Takes everything back, whether its turn came or not. */
  readonly end: Stop
}

/** Says the news of one cart: while the page is looked at, its customer is known, and nobody else says it. */
export const createSpeaker = (cart: CartEcho, messages: NoticeMessages, notices: Notices): RunningSpeaker => {
  const stage = createStage(notices)
  const offered = new WeakSet<Change>()
  const takenOver = new WeakSet<Change>()
  const stops: Stop[] = []
  let isOver = false
  let isMoving = false
  let showing: NoticeElement | null = null

  const unread = (): readonly Change[] => cart.news.get().unread

  const show = (element: NoticeElement | null): void => {
    if (showing !== element) showing?.view.clear()
    showing = element
  }

  const tell = (): void => {
    if (isOver || !isParsed() || document.visibilityState === 'hidden') return
    // What has only just come into the page is not listened to yet.
    if (stage.set()) return settling.want()
    offer()
    // Whoever was asked may have ended it, or logged out.
    if (isOver) return
    const words = say(
      unread().filter((change) => !takenOver.has(change)),
      messages,
    )
    show(words && stage.front())
    if (words) showing?.view.show(words)
  }

  const offer = (): void => {
    const changes = unread().filter((change) => !offered.has(change))
    const words = say(changes, messages)
    for (const change of changes) offered.add(change)
    if (!words) return
    const lang = words.lines[0]?.lang ?? document.documentElement.lang
    if (ask({ text: textOf(words), lang, changes })) return
    for (const change of changes) takenOver.add(change)
  }

  const settling = createSettling(tell)

  const update = (): void => {
    if (isOver) return
    if (unread().length > 0 && owner.isKnown()) return settling.want()
    settling.stop()
    show(null)
  }

  const arrange = (): void => {
    isMoving = false
    if (isOver) return
    stage.set()
    if (showing !== stage.front()) show(null)
    update()
  }

  const hear = (name: string, run: () => void): void => {
    document.addEventListener(name, run)
    stops.push(() => document.removeEventListener(name, run))
  }

  let owner = { isKnown: (): boolean => true }

  return {
    begin: () => {
      const watch = watchOwner(cart, update)
      owner = watch
      stops.push(watch.stop, watchModals(arrange), cart.news.subscribe(update))
      hear('visibilitychange', update)
      hear('DOMContentLoaded', arrange)
      arrange()
    },
    // By then the page has put in place what it has only taken out.
    moved: () => {
      if (!isMoving) queueMicrotask(arrange)
      isMoving = true
    },
    dismissed: () => {
      // What came a moment ago is not on the screen yet: nobody has read it.
      const isUntold = (change: Change): boolean => !offered.has(change) && say([change], messages) !== null
      if (unread().some(isUntold)) settling.flush()
      else cart.dismiss()
    },
    end: () => {
      isOver = true
      settling.stop()
      for (const stop of stops.splice(0)) stop()
      show(null)
      stage.clear()
    },
  }
}

// Before that nobody can have listened, and the page's own notices are not there.
const isParsed = (): boolean => document.readyState !== 'loading'

/** Asks the page whether it says this itself. False: it does. */
const ask = (detail: CartEchoNotice): boolean =>
  document.dispatchEvent(new CustomEvent('cart-echo-notice', { detail, bubbles: true, cancelable: true }))
