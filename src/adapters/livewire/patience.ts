import type { Hold } from '../../engine/refresh'
import { showOffer } from './offer'

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
