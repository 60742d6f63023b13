import { backOffMs, LOOKER_UNKNOWN } from '../engine/backoff'
import { type CartEcho, onChange } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'

/** The delay before the next ask: the check may have been busy with another one, and a lost socket is reported late. */
const LOOK_AGAIN_MS = 1_000

/**
 * Finds out whether the page's owner is still looking: asks the check until it has named the owner since `sinceMs`; or, when it names none, until the
 * channel was authorised again. Asks again when the connection is better. Then `known` runs, once. Returns the function that ends it before.
 */
export const confirmOwner = (cart: CartEcho, sinceMs: number, known: () => void): Stop => {
  const before = cart.connection.get()
  let asked = 0
  let failed = 0
  let wasLive = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const isLive = (): boolean => cart.connection.get().name === 'live'

  // A connection from before proves nothing: its loss may be reported only later.
  const isAnew = (): boolean => {
    const now = cart.connection.get()
    return isLive() && (now !== before || now.sinceMs >= sinceMs)
  }

  const ask = async (): Promise<void> => {
    clearTimeout(timer)
    asked += 1
    const mine = asked
    const answer = await askOwner(cart, sinceMs)
    if (mine !== asked) return
    if (answer === 'owner' || (answer === 'nobody' && wasLive && isLive())) return known()
    wasLive = answer === 'nobody' && isAnew()
    if (!isLive()) return
    const inMs = wasLive ? 0 : backOffMs(LOOKER_UNKNOWN, failed++, Math.random())
    timer = setTimeout(ask, LOOK_AGAIN_MS + inMs)
  }

  const stop = onChange(cart.connection, ({ name }) => {
    if (name === 'live' || name === 'polling') void ask()
  })
  void ask()
  return () => {
    asked += 1
    clearTimeout(timer)
    stop()
  }
}

/** Whom the check names: `nobody` when it names no owner, or there is no check. An answer from after `sinceMs` is used without asking again. */
const askOwner = async (cart: CartEcho, sinceMs: number): Promise<'owner' | 'nobody' | 'unanswered'> => {
  try {
    const { owner } = await cart.check({ refresh: false, maxAgeMs: Math.max(0, Date.now() - sinceMs) })
    return owner === null ? 'nobody' : 'owner'
  } catch (error) {
    return (error as { code?: unknown } | null)?.code === 'cannot-check' ? 'nobody' : 'unanswered'
  }
}
