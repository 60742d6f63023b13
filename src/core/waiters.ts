import type { CartEchoError } from './errors'

/** Whoever waits for the check to have answered an ask that began after they came. */
export interface Waiters {
  readonly isEmpty: () => boolean
  /** Waits for an ask after number `asks`. */
  readonly add: (asks: number) => Promise<void>
  /** That ask was answered, and everything it brought was told. */
  readonly satisfy: (ask: number) => void
  /** That ask was not answered. */
  readonly fail: (ask: number, error: CartEchoError) => void
  /** An answer settled nothing. A replica may lag for a moment: the third time it is a failure. */
  readonly disappoint: (error: CartEchoError) => void
  /** Nobody will answer any more. */
  readonly end: (error: CartEchoError) => void
}

const MOST_DISAPPOINTMENTS = 3

interface Waiter {
  readonly after: number
  disappointments: number
  readonly resolve: () => void
  readonly reject: (error: CartEchoError) => void
}

/** No waiters yet. */
export const createWaiters = (): Waiters => {
  const all = new Set<Waiter>()
  const take = (isDone: (waiter: Waiter) => boolean): Waiter[] => {
    const done = [...all].filter(isDone)
    for (const waiter of done) all.delete(waiter)
    return done
  }
  const reject = (isDone: (waiter: Waiter) => boolean, error: CartEchoError): void => {
    for (const waiter of take(isDone)) waiter.reject(error)
  }
  return {
    isEmpty: () => all.size === 0,
    add: (after) =>
      new Promise((resolve, reject) => {
        all.add({ after, disappointments: 0, resolve, reject })
      }),
    satisfy: (ask) => {
      for (const waiter of take(({ after }) => after < ask)) waiter.resolve()
    },
    fail: (ask, error) => reject(({ after }) => after < ask, error),
    disappoint: (error) => {
      for (const waiter of all) waiter.disappointments += 1
      const isTired = ({ disappointments }: Waiter): boolean => disappointments >= MOST_DISAPPOINTMENTS
      reject(isTired, error)
    },
    end: (error) => reject(() => true, error),
  }
}
