import { fullJitterMs } from '../../core/backoff'
import type { CartEcho } from '../../core/cart-echo'
import type { Stop } from '../../core/environment'
import type { Change } from '../../core/events'

/** Whose news may be shown. */
export interface OwnerWatch {
  /** True for news of whoever looks at the page now, as far as is known. */
  readonly isTheirs: (change: Change) => boolean
  /** Asks who looks, where that is not known. */
  readonly look: () => void
  readonly stop: Stop
}

/** While the channel is live, and the check fails: nothing else would tell that it works again. What is asked here does not wait for the cart's own back-off. */
const ASK_AGAIN = { baseMs: 5_000, capMs: 120_000 }
/** The check may have been busy with another ask, and a lost socket is told late. */
const LOOK_AGAIN_MS = 1_000
const NEVER = Number.NEGATIVE_INFINITY

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
      if (!persisted || cart.connection.get().name !== 'idle') return
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

  hear('pagehide', () => Number.POSITIVE_INFINITY)
  hear('pageshow', () => Date.now())
  return {
    isTheirs: ({ meta }) => isKnown() || meta.receivedAtMs >= doubtedMs(),
    look: () => {
      const sinceMs = doubtedMs()
      if (isKnown() || !Number.isFinite(sinceMs)) stopAsking()
      else if (asking?.sinceMs !== sinceMs) ask(sinceMs)
    },
    stop: () => {
      listening.abort()
      stopAsking()
    },
  }
}

/** Asks, and again when the connection is better, until there is an answer or it is stopped. */
const askUntilKnown = (cart: CartEcho, sinceMs: number, known: () => void): Stop => {
  const before = cart.connection.get()
  let asked = 0
  let failed = 0
  let wasLive = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const isLive = (): boolean => cart.connection.get().name === 'live'

  // The connection of before says nothing: it may be told only later that it was lost.
  const isAnew = (): boolean => {
    const now = cart.connection.get()
    return isLive() && (now !== before || now.sinceMs >= sinceMs)
  }

  const ask = async (): Promise<void> => {
    clearTimeout(timer)
    asked += 1
    const mine = asked
    const answer = await whoLooks(cart, sinceMs)
    if (mine !== asked) return
    if (answer === 'owner' || (answer === 'nobody' && wasLive && isLive())) return known()
    wasLive = answer === 'nobody' && isAnew()
    if (!isLive()) return
    const inMs = wasLive ? 0 : fullJitterMs(ASK_AGAIN, failed++, Math.random())
    timer = setTimeout(ask, LOOK_AGAIN_MS + inMs)
  }

  const stop = cart.connection.subscribe(({ name }) => {
    if (name === 'live' || name === 'polling') void ask()
  })
  void ask()
  return () => {
    asked += 1
    clearTimeout(timer)
    stop()
  }
}

/** Whom the check names; `nobody` where it names none, as the guide's own does, or there is none. What it has said since then is not asked again. */
const whoLooks = async (cart: CartEcho, sinceMs: number): Promise<'owner' | 'nobody' | 'unanswered'> => {
  try {
    const { owner } = await cart.check({ refresh: false, maxAgeMs: Math.max(0, Date.now() - sinceMs) })
    return owner === null ? 'nobody' : 'owner'
  } catch (error) {
    return (error as { code?: unknown } | null)?.code === 'cannot-check' ? 'nobody' : 'unanswered'
  }
}
