import type { CartEcho } from '../engine/cart-echo'
import type { Source } from '../engine/emitter'
import type { Stop } from '../engine/environment'

/** What code has taken of a cart, and not given back. All are 0 when every component has ended what it began. */
export interface Unreleased {
  /** Calls of `start()` whose release was not called. `stop()`, so also `close()`, releases all. */
  readonly starts: number
  /** Functions given to `on`, `onRefresh`, `trace`, `connection.subscribe` and `news.subscribe` that were not ended. Nothing but their own end ends them. */
  readonly listeners: number
}

/** The same cart, and what was taken of it. */
export const createLedger = (real: CartEcho): { readonly cart: CartEcho; readonly unreleased: () => Unreleased } => {
  const starts = new Set<symbol>()
  const listeners = new Set<symbol>()

  const entered = (ledger: Set<symbol>, end: Stop): Stop => {
    const entry = Symbol('taken')
    ledger.add(entry)
    return () => {
      ledger.delete(entry)
      end()
    }
  }

  const watched = <Value>(source: Source<Value>): Source<Value> => ({
    ...source,
    subscribe: (listener) => entered(listeners, source.subscribe(listener)),
  })

  const cart: CartEcho = {
    ...real,
    on: (...given) => entered(listeners, real.on(...given)),
    onRefresh: (...given) => entered(listeners, real.onRefresh(...given)),
    trace: (listener) => entered(listeners, real.trace(listener)),
    connection: watched(real.connection),
    news: watched(real.news),
    start: () => entered(starts, real.start()),
    stop: () => {
      starts.clear()
      real.stop()
    },
  }
  return { cart, unreleased: () => ({ starts: starts.size, listeners: listeners.size }) }
}
