import type { Hold } from '../../engine/refresh'

const OFFER = '[data-cart-echo-offer]'

/** Shows or hides what the page offers instead of a refresh that waits: looked up now, for Livewire puts others in its place. */
export const showOffer = (isShown: boolean): void => {
  for (const element of document.querySelectorAll<HTMLElement>(OFFER)) element.hidden = !isShown
}

/** Calls when an offer is clicked, and hides it, until aborted. */
export const whenOfferTaken = (taken: () => void, until: AbortSignal): void => {
  const hear = ({ target }: Event): void => {
    if (!(target as Partial<Element>).closest?.(OFFER)) return
    showOffer(false)
    taken()
  }
  document.addEventListener('click', hear, { signal: until })
}

const LOOK_EVERY_MS = 250

/** Holds a refresh back while the shopper is busy. After `patienceMs` it is offered, and waits on. */
export const holdWhile =
  (isBusy: () => boolean, patienceMs: number): Hold =>
  (go) => {
    if (!isBusy()) return null
    const sinceMs = Date.now()
    // Looked at by the clock: fields that Livewire takes away say no farewell.
    const timer = setInterval(() => {
      if (!isBusy()) go()
      else if (Date.now() - sinceMs >= patienceMs) showOffer(true)
    }, LOOK_EVERY_MS)
    return () => {
      clearInterval(timer)
      showOffer(false)
    }
  }
