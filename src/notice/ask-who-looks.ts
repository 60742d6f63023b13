import { backOffMs, LOOKER_UNKNOWN } from '../engine/backoff'
import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import { onChange } from '../engine/on-change'

/** The check may have been busy with another ask, and a lost socket is told late. */
const LOOK_AGAIN_MS = 1_000

/**
 * Asks who looks at the page, and again when the connection is better, until the check has named the page's owner since then; or, where it names none, until the channel
 * was authorised anew. Then `known` runs, once. Returns what ends it before.
 */
export const askUntilKnown = (cart: CartEcho, sinceMs: number, known: () => void): Stop => {
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

/** Whom the check names; `nobody` where it names none, as the guide's own does, or there is none. What it has said since then is not asked again. */
const whoLooks = async (cart: CartEcho, sinceMs: number): Promise<'owner' | 'nobody' | 'unanswered'> => {
  try {
    const { owner } = await cart.check({ refresh: false, maxAgeMs: Math.max(0, Date.now() - sinceMs) })
    return owner === null ? 'nobody' : 'owner'
  } catch (error) {
    return (error as { code?: unknown } | null)?.code === 'cannot-check' ? 'nobody' : 'unanswered'
  }
}
