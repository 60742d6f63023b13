import { fullJitterMs } from '../../core/backoff'
import type { CartEcho } from '../../core/cart-echo'
import type { Stop } from '../../core/environment'

/** Whether the page is known to be the one customer's whose news it has. */
export interface OwnerWatch {
  readonly isKnown: () => boolean
  readonly stop: Stop
}

/** While the channel is live, and the check fails: nothing else would tell that it works again. What is asked here does not wait for the cart's own back-off. */
const ASK_AGAIN = { baseMs: 5_000, capMs: 120_000 }
/** The check may have been busy with another ask. */
const CANNOT_TWICE_MS = 1_000

/**
 * After Back (the back/forward cache) anybody may sit there: nobody is known until the check has answered for the page's owner, or, where
 * there is no check, until the channel is authorised anew. `changed` runs when that changes; already while the page is being left, for a page
 * that comes back shows itself before anybody can be asked.
 */
export const watchOwner = (cart: CartEcho, changed: () => void): OwnerWatch => {
  const listening = new AbortController()
  let stopAsking: Stop | null = null
  let isKnown = true

  const become = (known: boolean): void => {
    stopAsking?.()
    stopAsking = null
    isKnown = known
    changed()
  }

  const hear = (name: 'pagehide' | 'pageshow', run: () => void): void =>
    addEventListener(name, ({ persisted }) => persisted && run(), { signal: listening.signal })

  hear('pagehide', () => become(false))
  hear('pageshow', () => {
    become(false)
    stopAsking = askUntilKnown(cart, () => become(true))
  })
  return {
    isKnown: () => isKnown,
    stop: () => {
      listening.abort()
      stopAsking?.()
    },
  }
}

/** Asks, and again when the connection is better, until there is an answer or it is stopped. */
const askUntilKnown = (cart: CartEcho, known: () => void): Stop => {
  const before = cart.connection.get()
  const sinceMs = Date.now()
  let asked = 0
  let failed = 0
  let couldNot = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const isLive = (): boolean => cart.connection.get().name === 'live'

  const ask = async (): Promise<void> => {
    clearTimeout(timer)
    asked += 1
    const mine = asked
    const answer = await confirm(cart, sinceMs)
    if (mine !== asked) return
    if (answer === 'yes' || (answer === 'cannot' && couldNot && isLive())) return known()
    // The connection of before says nothing: it may be told only later that it was lost.
    couldNot = answer === 'cannot' && isLive() && cart.connection.get() !== before
    if (couldNot) timer = setTimeout(ask, CANNOT_TWICE_MS)
    else if (isLive()) timer = setTimeout(ask, CANNOT_TWICE_MS + fullJitterMs(ASK_AGAIN, failed++, Math.random()))
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

// What the check has said since the page came back need not be asked again.
const confirm = async (cart: CartEcho, sinceMs: number): Promise<'yes' | 'no' | 'cannot'> => {
  try {
    await cart.check({ refresh: false, maxAgeMs: Math.max(0, Date.now() - sinceMs) })
    return 'yes'
  } catch (error) {
    return (error as { code?: unknown } | null)?.code === 'cannot-check' ? 'cannot' : 'no'
  }
}
