import type { Environment } from './environment'

/** The parts of an `AbortSignal` that cart-echo uses. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** The platform's own `AbortSignal`, if its types are there: the engine is compiled without those of the DOM. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Found extends AbortSignalLike } }
  ? Found
  : AbortSignalLike

/** A signal with its other end. */
export interface Abort {
  readonly signal: Signal
  abort(reason?: unknown): void
}

/** A signal that can be aborted. */
export const createAbort = (): Abort => {
  const { AbortController } = globalThis as unknown as { AbortController: new () => Abort }
  return new AbortController()
}

/** The promise, unless the signal is aborted first: then it rejects with the signal's reason, as `fetch` does. */
export const untilAborted = <Value>(promise: Promise<Value>, signal: AbortSignalLike | undefined): Promise<Value> => {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    const leave = (): void => signal.removeEventListener('abort', abort)
    promise.then(resolve, reject).finally(leave)
  })
}

/**
 * Runs something whose signal is aborted after a time, with another signal, which may be aborted already, and at its end.
 * By hand: `AbortSignal.any` is younger than the browsers we support.
 */
export const withinTime = <Value>(
  { schedule }: Pick<Environment, 'schedule'>,
  ms: number,
  outer: AbortSignalLike | undefined,
  run: (signal: Signal) => Promise<Value>,
): Promise<Value> => {
  const abort = createAbort()
  const end = (reason?: unknown): void => {
    stopTimer()
    outer?.removeEventListener('abort', leave)
    abort.abort(reason)
  }
  const leave = (): void => end(outer?.reason)
  const stopTimer = schedule(ms, () => end(new Error(`Not done within ${ms / 1_000} s.`)))
  outer?.addEventListener('abort', leave)
  if (outer?.aborted) leave()
  return run(abort.signal).finally(end)
}
