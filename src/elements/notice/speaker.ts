import type { CartEcho } from '../../core/cart-echo'
import type { Stop } from '../../core/environment'
import type { Change } from '../../core/events'
import type { Notices, Speaker } from './element'
import type { NoticeMessages } from './messages'
import { watchModals } from './modal'
import { createOffers } from './offers'
import { type OwnerWatch, watchOwner } from './owner'
import { say } from './say'
import { createSettling } from './settle'
import { createStage } from './stage'
import { createVoice } from './voice'

/** A speaker, and what ends it. */
export interface RunningSpeaker extends Speaker {
  /** Takes everything back, whether its turn came or not. */
  readonly end: Stop
}

/** Says the news of one cart: while the page is looked at, its customer is known, and nobody else says it. `messages` is asked each time. */
export const createSpeaker = (cart: CartEcho, messages: () => NoticeMessages, notices: Notices): RunningSpeaker => {
  const stage = createStage(notices)
  const voice = createVoice(stage)
  const offers = createOffers()
  const stops: Stop[] = []
  let owner: OwnerWatch | null = null
  let isMoving = false

  const unread = (): readonly Change[] => {
    const { isTheirs } = owner ?? {}
    return isTheirs ? cart.news.get().unread.filter(isTheirs) : []
  }

  const tell = (): void => {
    if (!isParsed() || document.visibilityState === 'hidden') return
    // What has only just come into the page is not listened to yet.
    if (stage.set()) return settling.want()
    const mine = messages()
    offers.make(unread(), mine)
    // Whoever was asked may have ended it, or logged out.
    if (!owner) return
    const words = say(unread().filter(offers.isOurs), mine, unread())
    if (!words) voice.hush()
    else if (!voice.say(words)) settling.want()
  }

  const settling = createSettling(tell)

  const update = (): void => {
    owner?.look()
    if (unread().length > 0) return settling.want()
    settling.stop()
    voice.hush()
  }

  const arrange = (): void => {
    isMoving = false
    if (!owner) return
    stage.set()
    voice.leave()
    update()
  }

  const hear = (name: string, run: () => void): void => {
    document.addEventListener(name, run)
    stops.push(() => document.removeEventListener(name, run))
  }

  return {
    begin: () => {
      owner = watchOwner(cart, update)
      stops.push(owner.stop, watchModals(arrange), cart.news.subscribe(update))
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
      const isUntold = (change: Change): boolean => offers.isNew(change) && say([change]) !== null
      if (unread().some(isUntold)) settling.flush()
      else cart.dismiss()
    },
    end: () => {
      for (const stop of stops.splice(0)) stop()
      owner = null
      settling.stop()
      voice.hush()
      stage.clear()
    },
  }
}

// Before that nobody can have listened, and the page's own notices are not there.
const isParsed = (): boolean => document.readyState !== 'loading'
