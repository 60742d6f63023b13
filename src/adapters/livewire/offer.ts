import type { Hold } from '../../engine/refresh'

const OFFER = '[data-cart-echo-offer]'

/** Shows or hides the elements that offer a refresh that is delayed. Looked up each time, because Livewire replaces elements. */
export const showOffer = (isShown: boolean): void => {
  for (const element of document.querySelectorAll<HTMLElement>(OFFER)) element.hidden = !isShown
}

/** Calls `taken` when an offer is clicked, and hides it, until aborted. */
export const whenOfferTaken = (taken: () => void, until: AbortSignal): void => {
  const hear = ({ target }: Event): void => {
    if (!(target as Partial<Element>).closest?.(OFFER)) return
    showOffer(false)
    taken()
  }
  document.addEventListener('click', hear, { signal: until })
}

const LOOK_EVERY_MS = 250

/** Delays a refresh while the shopper is busy. After `patienceMs` it is offered, and still waits. */
export const holdWhile =
  (isBusy: () => boolean, patienceMs: number): Hold =>
  (go) => {
    if (!isBusy()) return null
    const sinceMs = Date.now()
    // Polled: a field that Livewire removes fires no event.
    const timer = setInterval(() => {
      if (!isBusy()) go()
      else if (Date.now() - sinceMs >= patienceMs) showOffer(true)
    }, LOOK_EVERY_MS)
    return () => {
      clearInterval(timer)
      showOffer(false)
    }
  }
