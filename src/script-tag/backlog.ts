import type { CartEcho } from '../engine/cart-echo'
import type { OnError } from '../engine/emitter'
import type { Stop } from '../engine/environment'
import type { CartEchoError } from '../engine/errors'

/** What was asked of a cart before it came. */
export interface Backlog {
  /** Begins when the cart is there. Returns what ends it, before or after. */
  readonly add: (begin: (cart: CartEcho) => Stop) => Stop
  /** Begins all of it, in the order it was asked for. Misuse among it goes to `onError`, and the rest goes on. */
  readonly begin: (cart: CartEcho) => void
}

/** Makes one. */
export const createBacklog = (onError: OnError): Backlog => {
  const waiting: ((cart: CartEcho) => void)[] = []
  return {
    add: (begin) => {
      let end: Stop | null = null
      let isOver = false
      waiting.push((cart) => {
        if (!isOver) end = begin(cart)
        // Begun and ended in one: what is unread is heard at once.
        if (isOver) end?.()
      })
      return () => {
        isOver = true
        end?.()
      }
    },
    begin: (cart) => {
      for (const run of waiting.splice(0)) orReport(() => run(cart), onError)
    },
  }
}

/** Runs what may be misuse: it would have been thrown at the call, had the code been there; now `onError` gets it. */
export const orReport = (run: () => void, onError: OnError): void => {
  try {
    run()
  } catch (error) {
    onError(error as CartEchoError)
  }
}
