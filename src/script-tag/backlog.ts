import type { CartEcho } from '../engine/cart-echo'
import type { OnError } from '../engine/emitter'
import type { Stop } from '../engine/environment'
import type { CartEchoError } from '../engine/errors'

/** The calls that were made on a cart before its code was there. */
export interface Backlog {
  /** Runs `begin` when the cart is there. Returns the function that ends it, before or after. */
  readonly add: (begin: (cart: CartEcho) => Stop) => Stop
  /** Runs all of it, in the order of the calls. Misuse goes to `onError`, and the rest still runs. */
  readonly begin: (cart: CartEcho) => void
}

/** An empty one. */
export const createBacklog = (onError: OnError): Backlog => {
  const waiting: ((cart: CartEcho) => void)[] = []
  return {
    add: (begin) => {
      let end: Stop | null = null
      let isOver = false
      waiting.push((cart) => {
        if (!isOver) end = begin(cart)
        // It may have been ended from within: unread changes are replayed at once.
        if (isOver) end?.()
      })
      return () => {
        isOver = true
        end?.()
      }
    },
    begin: (cart) => {
      for (const run of waiting.splice(0)) runOrReport(() => run(cart), onError)
    },
  }
}

/** Runs a call that may be misuse. With the code there, it would have thrown at the call; now `onError` gets the error. */
export const runOrReport = (run: () => void, onError: OnError): void => {
  try {
    run()
  } catch (error) {
    onError(error as CartEchoError)
  }
}
