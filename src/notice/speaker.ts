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

/** A presenter, and the function that ends it. */
export interface RunningSpeaker extends Speaker {
  /** Removes everything, whether it was active or not. */
  readonly end: Stop
}

/** Shows the news of one cart: on a visible page, when its customer is known, unless the page shows it itself. `messages` is called each time. */
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
    // A listener that was asked may have ended this, or logged out.
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
    // A change that came a moment ago is not shown yet: nobody has read it.
    const isUntold = (change: Change): boolean => offers.isNew(change) && say([change]) !== null
    if (unread().some(isUntold)) settling.flush()
    else cart.dismiss()
  }

  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.isComposing || !voice.isTarget(event)) return
    // The key closes the notice, not the modal around it, whatever other listeners do.
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
      // The element that entered the top layer last is in front.
      hear('toggle', riseAbove)
      hear('fullscreenchange', update)
      stops.push(cart.news.subscribe(update))
    },
    // In a microtask: by then the page has put back an element that it only moves.
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

// Before that the page's own notices, and listeners for the event, are not there.
const isParsed = (): boolean => document.readyState !== 'loading'
