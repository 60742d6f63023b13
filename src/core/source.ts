import { createEmitter, type Guard } from './emitter'
import type { Stop } from './environment'

/** A value that changes: read it, and hear when it is another. Fits `useSyncExternalStore` as it is. */
export interface Source<Value> {
  /** The value now: the very same object until it changes. */
  readonly get: () => Value
  /**
   * Calls the listener after each change, with the new value; what a listener before it has already replaced is passed over.
   * Returns a function that ends this.
   */
  readonly subscribe: (listener: (value: Value) => void) => Stop
}

/** A source with its other end. */
export interface SettableSource<Value> extends Source<Value> {
  /** Puts a new value. Setting the same object again tells nobody. */
  readonly set: (value: Value) => void
}

/** A source that holds `initial` and reports throwing listeners by the name given. */
export const createSource = <Value>(name: string, initial: Value, guard: Guard): SettableSource<Value> => {
  const emitter = createEmitter<Record<string, [Value]>>(guard)
  let current = initial
  return {
    get: () => current,
    subscribe: (listener) =>
      emitter.on(name, (value) => {
        // One that another listener has replaced meanwhile would arrive after its successor, and stay.
        if (value === current) listener(value)
      }),
    set: (value) => {
      if (value === current) return
      current = value
      emitter.emit(name, value)
    },
  }
}
