import mitt from 'mitt'
import type { Stop } from './environment'
import { CartEchoError, wordsOf } from './errors'

/** Takes what a page must hear about: a `CartEchoError` a call. */
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
