import type { Hold } from '../../core/hold'
import type { Offer } from './offer'

/** What a refresh waits for, and for how long. */
export interface Patience {
  readonly isBusy: () => boolean
  /** How long to wait without a word. */
  readonly patienceMs: number
  readonly offer: Offer
}

const LOOK_EVERY_MS = 250

/** Holds a refresh back while the shopper is busy; after a while it is offered, and waits on. */
export const holdWhileBusy =
  ({ isBusy, patienceMs, offer }: Patience): Hold =>
  (go) => {
    if (!isBusy()) return null
    const sinceMs = Date.now()
    // Looked at by the clock: fields that Livewire takes away say no farewell.
    const timer = setInterval(() => {
      if (!isBusy()) go()
      else if (Date.now() - sinceMs >= patienceMs) offer.show()
    }, LOOK_EVERY_MS)
    return () => {
      clearInterval(timer)
      offer.hide()
    }
  }
