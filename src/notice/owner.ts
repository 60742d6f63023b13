import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import type { Change } from '../engine/events'
import { askUntilKnown } from './ask-who-looks'

/** Knows whether news may be shown to whoever is looking. */
export interface OwnerWatch {
  /** True for a change that is for whoever is looking now, as far as is known. */
  readonly isTheirs: (change: Change) => boolean
  /** Starts to find out who is looking, if that is not known. */
  readonly look: () => void
  readonly stop: Stop
}

const NEVER = Number.NEGATIVE_INFINITY
const AWAY = Number.POSITIVE_INFINITY

/**
 * After Back (the back/forward cache) somebody else may be looking. Earlier changes must not be shown until the check has named the page's owner, or, when
 * it names none, until the channel was authorised again. `changed` runs when that may have changed.
 */
export const watchOwner = (cart: CartEcho, changed: () => void): OwnerWatch => {
  const listening = new AbortController()
  let asking: { readonly sinceMs: number; readonly stop: Stop } | null = null
  let vouchedMs = NEVER
  let unheardMs = NEVER

  const doubtedMs = (): number => Math.max(unheardMs, cart.news.get().unconfirmedSinceMs ?? NEVER)
  const isKnown = (): boolean => doubtedMs() <= vouchedMs

  // A cart that does not listen does not notice that the page was in the cache.
  const hear = (name: 'pagehide' | 'pageshow', at: () => number): void => {
    const note = ({ persisted }: PageTransitionEvent): void => {
      const isHeard = unheardMs !== AWAY && cart.connection.get().name !== 'idle'
      if (!persisted || isHeard) return
      unheardMs = at()
      changed()
    }
    addEventListener(name, note, { signal: listening.signal })
  }

  const stopAsking = (): void => {
    asking?.stop()
    asking = null
  }

  const ask = (sinceMs: number): void => {
    stopAsking()
    const known = (): void => {
      stopAsking()
      vouchedMs = sinceMs
      changed()
    }
    asking = { sinceMs, stop: askUntilKnown(cart, sinceMs, known) }
  }

  hear('pagehide', () => AWAY)
  hear('pageshow', () => Date.now())
  return {
    isTheirs: ({ meta }) => isKnown() || meta.receivedAtMs >= doubtedMs(),
    look: () => {
      const sinceMs = doubtedMs()
      if (isKnown() || sinceMs === AWAY) stopAsking()
      else if (asking?.sinceMs !== sinceMs) ask(sinceMs)
    },
    stop: () => {
      listening.abort()
      stopAsking()
    },
  }
}
