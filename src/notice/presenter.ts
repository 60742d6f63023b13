import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import type { Change } from '../engine/events'
import { createDisplay } from './display'
import type { Notices, Presenter } from './element'
import type { NoticeMessages } from './messages'
import { watchModals } from './modal'
import { createOffers } from './offers'
import { type OwnerWatch, watchOwner } from './owner'
import { createPlacement } from './placement'
import { say } from './say'
import { createSettling } from './settle'

/** A presenter, and the function that ends it. */
export interface RunningPresenter extends Presenter {
  /** Removes everything, whether it was active or not. */
  readonly end: Stop
}

/** Shows the news of one cart: on a visible page, when its customer is known, unless the page shows it itself. `messages` is called each time. */
export const createPresenter = (cart: CartEcho, messages: () => NoticeMessages, notices: Notices): RunningPresenter => {
  const stops: Stop[] = []
  let owner: OwnerWatch | null = null
  let isMoving = false

  const unread = (): readonly Change[] => {
    const { mayShow } = owner ?? {}
    return mayShow ? cart.news.get().unread.filter(mayShow) : []
  }

  const show = (): void => {
    if (!isParsed() || document.visibilityState === 'hidden') return
    const mine = messages()
    offers.offer(unread(), mine)
    // A listener that was asked may have ended this, or logged out.
    if (!owner) return
    const words = say(unread().filter(offers.isOurs), mine, unread())
    if (words) display.show(words)
    else display.clear()
  }

  const settling = createSettling(show)

  const update = (): void => {
    owner?.confirm()
    if (unread().length > 0) return settling.want()
    settling.stop()
    display.clear()
  }

  const display = createDisplay(createPlacement(notices, update))
  const offers = createOffers()

  const arrange = (): void => {
    isMoving = false
    if (!owner) return
    display.moved()
    update()
  }

  const dismissed = (): void => {
    // A change that came a moment ago is not shown yet: nobody has read it.
    const isNew = (change: Change): boolean => offers.isNew(change) && say([change]) !== null
    if (unread().some(isNew)) settling.flush()
    else cart.dismiss()
  }

  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.isComposing || !display.isTarget(event)) return
    // The key closes the notice, not the modal around it, whatever other listeners do.
    event.preventDefault()
    event.stopImmediatePropagation()
    dismissed()
  }

  const stayInFront = ({ target }: Event): void => {
    if ((target as HTMLElement).popover) display.toFront()
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
      hear('toggle', stayInFront)
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
      display.clear()
    },
  }
}

// Before that the page's own notices, and listeners for the event, are not there.
const isParsed = (): boolean => document.readyState !== 'loading'
