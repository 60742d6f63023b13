import mitt from 'mitt'
import type { Stop } from './environment'
import { CartEchoError, insistOnFunction, wordsOf } from './errors'
import { attempt } from './shape'

/** Called with one `CartEchoError` at a time. */
export type OnError = (error: CartEchoError) => void

/** Runs a listener of the page's, and gives what it returns. Whatever it throws goes to `onError`, never further: then undefined. */
export type Guard = <Value>(where: string, run: () => Value) => Value | undefined

/** Many listeners, one event. */
export interface Emitter<Events extends Record<string, readonly unknown[]>> {
  /** Adds a listener. The returned function removes it, and only it, also when the same function was added twice. */
  on<Name extends keyof Events & string>(name: Name, listener: (...args: Events[Name]) => void): Stop
  /** Calls the listeners there are now, in the order they were added. */
  emit<Name extends keyof Events & string>(name: Name, ...args: Events[Name]): void
}

/** A guard that reports `listener-failed` with the thrown value as its `cause`. */
export const createGuard =
  (onError: OnError): Guard =>
  (where, run) =>
    guarded(onError, `A listener of ${where}`, run)

/** Runs the page's own code, of which `what` is the name. Reports what it throws as `listener-failed`: then undefined. */
export const guarded = <Value>(onError: OnError, what: string, run: () => Value): Value | undefined => {
  try {
    return run()
  } catch (cause) {
    onError(new CartEchoError('listener-failed', `${what} threw: ${wordsOf(cause)}`, { cause }))
    return undefined
  }
}

/**
 * An emitter that behaves like an EventTarget, but typed: a listener that throws stops nobody, one removed while an event
 * is under way is not called any more, one added then is called from the next event on.
 */
export const createEmitter = <Events extends Record<string, readonly unknown[]>>(guard: Guard): Emitter<Events> => {
  const bus = mitt<Record<string, readonly unknown[]>>()
  return {
    on: (name, listener) => {
      let there = true
      // One wrapper a call: mitt removes by identity, and a function may be added twice.
      const call = (args: readonly unknown[]): void => {
        if (there) guard(name, () => listener(...(args as Events[typeof name])))
      }
      bus.on(name, call)
      return () => {
        there = false
        bus.off(name, call)
      }
    },
    emit: (name, ...args) => bus.emit(name, args),
  }
}

/** The same, for who must go on: an `onError` that throws has nowhere left to be reported to. */
export const neverThrowing =
  (onError: OnError): OnError =>
  (error) =>
    attempt(() => onError(error))

/** The same, but each error only the first time: one trouble may show in several places, and for a long time. */
export const onceEach = (onError: OnError): OnError => {
  const reported = new WeakSet<CartEchoError>()
  return (error) => {
    if (reported.has(error)) return
    reported.add(error)
    onError(error)
  }
}

declare global {
  interface SymbolConstructor {
    /** Not there in every runtime. Typed as RxJS and Redux type it, for theirs and ours must be the same. */
    readonly observable: symbol
  }
}

/** What RxJS and others take for an observable; under `'@@observable'`, as is usual, where the runtime has no such symbol. */
interface Interop<Value> {
  readonly [Symbol.observable]: () => Observable<Value>
}

/** Of an observer only `next` is ever called. */
interface Observable<Value> {
  readonly subscribe: (observer: Listener<Value> | { readonly next?: Listener<Value> | undefined }) => {
    readonly unsubscribe: Stop
  }
}

type Listener<Value> = (value: Value) => void

/** A value that changes: read it, or subscribe to it. Works as it is with `useSyncExternalStore`, Svelte's stores and RxJS's `from()`. */
export interface Source<Value> extends Interop<Value> {
  /** The current value: the same object until it changes. */
  readonly get: () => Value
  /**
   * Calls the listener at once with the current value, and with each new one; a value that an earlier listener has already replaced is
   * skipped. Returns a function that unsubscribes.
   * @throws {CartEchoError} `invalid-options` without a function.
   */
  readonly subscribe: (listener: Listener<Value>) => Stop
}

/** A source with its other end. */
export interface SettableSource<Value> extends Source<Value> {
  /** Puts a new value. Setting the same object again tells nobody. */
  readonly set: (value: Value) => void
}

/** A source that holds `initial` and reports throwing listeners by the name given. */
export const createSource = <Value>(name: string, initial: Value, guard: Guard): SettableSource<Value> => {
  const emitter = createEmitter<Record<string, [Value]>>(guard)
  let current = fixed(initial)
  const subscribe = (listener: Listener<Value>): Stop => {
    insistOnFunction(`${name}.subscribe()`, listener)
    const stop = emitter.on(name, (value) => {
      // If a listener has set a newer value meanwhile, the older one must not be told after it.
      if (value === current) listener(value)
    })
    guard(name, () => listener(current))
    return stop
  }
  return {
    ...interop(subscribe),
    get: () => current,
    subscribe,
    set: (value) => {
      if (value === current) return
      current = fixed(value)
      emitter.emit(name, value)
    },
  }
}

/** The same value, which none of those who are handed it can change for the others, and for us: frozen, with its lists. */
const fixed = <Value>(value: Value): Value => {
  for (const inner of Object.values(Object.freeze(value) as object)) if (Array.isArray(inner)) Object.freeze(inner)
  return value
}

/** A source as RxJS and others look for it. */
export const interop = <Value>(subscribe: (listener: (value: Value) => void) => Stop): Interop<Value> => {
  const observable: Observable<Value> = {
    subscribe: (observer) => ({
      unsubscribe: subscribe((value) => (typeof observer === 'function' ? observer(value) : observer.next?.(value))),
    }),
  }
  // The types know the symbol only.
  return { [Symbol.observable ?? '@@observable']: () => observable } as unknown as Interop<Value>
}

/** The same source without its other end. */
export const readOnly = <Value>({ set: _, ...source }: SettableSource<Value>): Source<Value> => source
