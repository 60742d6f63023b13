import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import type { Change } from '../engine/events'
import { askUntilKnown } from './ask-who-looks'

/** Whose news may be shown. */
export interface OwnerWatch {
  /** True for news of whoever looks at the page now, as far as is known. */
  readonly isTheirs: (change: Change) => boolean
  /** Asks who looks, where that is not known. */
  readonly look: () => void
  readonly stop: Stop
}

const NEVER = Number.NEGATIVE_INFINITY
const AWAY = Number.POSITIVE_INFINITY

/**
 * After Back (the back/forward cache) anybody may sit there: what came before is nobody's until the check has named the page's owner, or, where
 * none is named, until the channel is authorised anew. `changed` runs when that is known.
 */
export const watchOwner = (cart: CartEcho, changed: () => void): OwnerWatch => {
  const listening = new AbortController()
  let asking: { readonly sinceMs: number; readonly stop: Stop } | null = null
  let vouchedMs = NEVER
  let unheardMs = NEVER

  const doubtedMs = (): number => Math.max(unheardMs, cart.news.get().unconfirmedSinceMs ?? NEVER)
  const isKnown = (): boolean => doubtedMs() <= vouchedMs

  // While nothing is listened to, the cart does not know that the page was away.
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
