import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'

/** Who has started a cart, and not let go. */
export interface Starts {
  /** One more; of the cart, where that is there already. Returns what lets go. */
  readonly add: (cart: CartEcho | null) => Stop
  /** The cart is there: starts it for everyone who still holds. */
  readonly begin: (cart: CartEcho) => void
  /** Nobody holds any more. */
  readonly clear: () => void
  readonly isAny: () => boolean
}

/** Nobody has, yet. */
export const createStarts = (): Starts => {
  const holders = new Map<symbol, Stop | null>()

  const begin = (holder: symbol, cart: CartEcho): void => {
    const release = cart.start()
    // Whoever hears that it starts may have let go at once.
    if (holders.has(holder)) holders.set(holder, release)
    else release()
  }

  return {
    add: (cart) => {
      const holder = Symbol('start')
      holders.set(holder, null)
      if (cart) begin(holder, cart)
      return () => {
        const release = holders.get(holder)
        holders.delete(holder)
        release?.()
      }
    },
    begin: (cart) => {
      for (const holder of [...holders.keys()]) if (holders.has(holder)) begin(holder, cart)
    },
    clear: () => holders.clear(),
    isAny: () => holders.size > 0,
  }
}
