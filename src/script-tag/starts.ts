import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'

/** The starts of a cart that were not released yet. */
export interface Starts {
  /** Adds one, and starts the cart if it is there. Returns the function that releases it. */
  readonly add: (cart: CartEcho | null) => Stop
  /** The cart is there: starts it once for each start that was not released. */
  readonly begin: (cart: CartEcho) => void
  /** Forgets all of them. */
  readonly clear: () => void
  readonly isAny: () => boolean
}

/** None yet. */
export const createStarts = (): Starts => {
  const holders = new Map<symbol, Stop | null>()

  const begin = (holder: symbol, cart: CartEcho): void => {
    const release = cart.start()
    // A listener that was called by start() may have released it.
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
