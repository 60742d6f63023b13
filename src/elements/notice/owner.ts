import type { CartEcho } from '../../core/cart-echo'
import type { Stop } from '../../core/environment'

/** Whether the page is known to be the one customer's whose news it has. */
export interface OwnerWatch {
  readonly isKnown: () => boolean
  readonly stop: Stop
}

/**
 * After Back (the back/forward cache) anybody may sit there: nobody is known until the check has answered for the page's owner, or, where
 * there is no check, until the channel is authorised anew. `changed` runs when that changes; already while the page is being left, for a page
 * that comes back shows itself before it can be asked.
 */
export const watchOwner = (cart: CartEcho, changed: () => void): OwnerWatch => {
  const listening = new AbortController()
  let isKnown = true
  let asked = 0
  let stopWaiting: Stop = () => undefined

  const doubt = (): void => {
    isKnown = false
    asked += 1
    stopWaiting()
    changed()
  }

  const know = (): void => {
    isKnown = true
    asked += 1
    stopWaiting()
    changed()
  }

  const ask = async (sinceMs: number, isAuthorisedAnew: () => boolean): Promise<void> => {
    asked += 1
    const mine = asked
    const answers = await confirm(cart, sinceMs)
    if (mine === asked && (answers === 'yes' || (answers === 'cannot' && isAuthorisedAnew()))) know()
  }

  const comeBack = (): void => {
    const before = cart.connection.get()
    const sinceMs = Date.now()
    const isAuthorisedAnew = (): boolean => cart.connection.get().name === 'live' && cart.connection.get() !== before
    doubt()
    void ask(sinceMs, isAuthorisedAnew)
    stopWaiting = cart.connection.subscribe(({ name }) => {
      if (name === 'live' || name === 'polling') void ask(sinceMs, isAuthorisedAnew)
    })
  }

  const hear = (name: 'pagehide' | 'pageshow', run: () => void): void =>
    addEventListener(name, ({ persisted }) => persisted && run(), { signal: listening.signal })

  hear('pagehide', doubt)
  hear('pageshow', comeBack)
  return {
    isKnown: () => isKnown,
    stop: () => {
      asked += 1
      listening.abort()
      stopWaiting()
    },
  }
}

// What the check has said since then need not be asked again.
const confirm = async (cart: CartEcho, sinceMs: number): Promise<'yes' | 'no' | 'cannot'> => {
  try {
    await cart.check({ refresh: false, maxAgeMs: Math.max(0, Date.now() - sinceMs) })
    return 'yes'
  } catch (error) {
    return (error as { code?: unknown } | null)?.code === 'cannot-check' ? 'cannot' : 'no'
  }
}
