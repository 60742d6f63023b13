import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import type { Change } from '../engine/events'
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
  const stops: Stop[] = []
  let owner: OwnerWatch | null = null
  let isMoving = false

  const unread = (): readonly Change[] => {
    const { isTheirs } = owner ?? {}
    return isTheirs ? cart.news.get().unread.filter(isTheirs) : []
  }

  const tell = (): void => {
    if (!isParsed() || document.visibilityState === 'hidden') return
    const mine = messages()
    offers.make(unread(), mine)
    // Whoever was asked may have ended it, or logged out.
    if (!owner) return
    const words = say(unread().filter(offers.isOurs), mine, unread())
    if (words) voice.say(words)
    else voice.hush()
  }

  const settling = createSettling(tell)

  const update = (): void => {
    owner?.look()
    if (unread().length > 0) return settling.want()
    settling.stop()
    voice.hush()
  }

  const voice = createVoice(createStage(notices, update))
  const offers = createOffers()

  const arrange = (): void => {
    isMoving = false
    if (!owner) return
    voice.moved()
    update()
  }

  const dismissed = (): void => {
    // What came a moment ago is not on the screen yet: nobody has read it.
    const isUntold = (change: Change): boolean => offers.isNew(change) && say([change]) !== null
    if (unread().some(isUntold)) settling.flush()
    else cart.dismiss()
  }

  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.isComposing || !voice.isTarget(event)) return
    // It is the notice that closes, not the modal around it, whoever else listens.
    event.preventDefault()
    event.stopImmediatePropagation()
    dismissed()
  }

  const riseAbove = ({ target }: Event): void => {
    if ((target as HTMLElement).popover) voice.rise()
  }

  const hear = <Name extends keyof DocumentEventMap>(
    name: Name,
    run: (event: DocumentEventMap[Name]) => void,
  ): void => {
    window.addEventListener(name, run as EventListener, true)
    stops.push(() => window.removeEventListener(name, run as EventListener, true))
  }

  return {
    begin: () => {
      owner = watchOwner(cart, update)
      stops.push(owner.stop, watchModals(update))
      hear('visibilitychange', update)
      hear('DOMContentLoaded', update)
      hear('keydown', closeByKey)
      // What came into the top layer last is in front there.
      hear('toggle', riseAbove)
      hear('fullscreenchange', update)
      stops.push(cart.news.subscribe(update))
    },
    // By then the page has put in place what it has only taken out.
    moved: () => {
      if (!isMoving) queueMicrotask(arrange)
      isMoving = true
    },
    dismissed,
    end: () => {
      for (const stop of stops.splice(0)) stop()
      owner = null
      settling.stop()
      voice.hush()
    },
  }
}

// Before that nobody can have listened, and the page's own notices are not there.
const isParsed = (): boolean => document.readyState !== 'loading'
