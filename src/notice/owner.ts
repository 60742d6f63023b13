import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import type { Change } from '../engine/events'
import { confirmOwner } from './confirm-owner'

/** Knows whether news may be shown to whoever is looking. */
export interface OwnerWatch {
  /** True for a change that is for whoever is looking now, as far as is known. */
  readonly mayShow: (change: Change) => boolean
  /** Starts to find out who is looking, if that is not known. */
  readonly confirm: () => void
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
  let confirmedMs = NEVER
  let awayMs = NEVER

  const doubtedMs = (): number => Math.max(awayMs, cart.news.get().unconfirmedSinceMs ?? NEVER)
  const isConfirmed = (): boolean => doubtedMs() <= confirmedMs

  // A cart that does not listen does not notice that the page was in the cache.
  const hear = (name: 'pagehide' | 'pageshow', at: () => number): void => {
    const note = ({ persisted }: PageTransitionEvent): void => {
      const isNoticed = awayMs !== AWAY && cart.connection.get().name !== 'idle'
      if (!persisted || isNoticed) return
      awayMs = at()
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
      confirmedMs = sinceMs
      changed()
    }
    asking = { sinceMs, stop: confirmOwner(cart, sinceMs, known) }
  }

  hear('pagehide', () => AWAY)
  hear('pageshow', () => Date.now())
  return {
    mayShow: ({ meta }) => isConfirmed() || meta.receivedAtMs >= doubtedMs(),
    confirm: () => {
      const sinceMs = doubtedMs()
      if (isConfirmed() || sinceMs === AWAY) stopAsking()
      else if (asking?.sinceMs !== sinceMs) ask(sinceMs)
    },
    stop: () => {
      listening.abort()
      stopAsking()
    },
  }
}
