import type { Environment, Stop } from '../../core/environment'
import { CartEchoError } from '../../core/errors'
import { type EchoLike, type EchoSource, has, type OwnEcho, peek } from './shape'

const LOOK_EVERY_MS = 100
const LOOK_FOR_MS = 20_000

/**
 * Finds the Echo. A getter is asked every 100 ms for 20 s, because scripts come late; a promise and one of our own are
 * waited for as long. Ends with `found` or, once, with `failed`.
 */
export const findEcho = (
  source: EchoSource,
  environment: Environment,
  found: (echo: EchoLike) => void,
  failed: (error: CartEchoError) => void,
): Stop => {
  if (isOwnEcho(source)) return awaitEcho(() => source.open(), environment, found, failed)
  if (isPromise(source)) return awaitEcho(() => source, environment, found, failed)
  if (isGetter(source)) return lookForEcho(source, environment, found, failed)
  found(source)
  return () => undefined
}

/** True when the source makes an Echo of our own, which is ours to close. */
export const isOwnEcho = (source: EchoSource): source is OwnEcho =>
  has(source, 'open') && has(source, 'close') && !isEcho(source)

/** True for what can give a private channel. The Echo class has it only on its prototype. */
export const isEcho = (value: unknown): value is EchoLike => typeof value !== 'function' && has(value, 'private')

/** Says why something is no Echo, in words for the developer who handed it over. */
export const whyNoEcho = (value: unknown): string => {
  if (value === undefined || value === null) return 'It is still undefined: create it, or give reverb({...}).'
  if (has(peek(value, 'prototype'), 'private')) return 'It is the Echo class. Create one: new Echo({...}).'
  if (peek(value, 'default') !== undefined)
    return 'It is the namespace of the Echo script. Create one: new Echo.default({...}).'
  return 'It has no private() method.'
}

const isGetter = (source: EchoSource): source is () => EchoLike | null | undefined => typeof source === 'function'

const isPromise = (source: EchoSource): source is PromiseLike<EchoLike> => has(source, 'then')

const lookForEcho = (
  getter: () => unknown,
  environment: Environment,
  found: (echo: EchoLike) => void,
  failed: (error: CartEchoError) => void,
): Stop => {
  const untilMs = environment.nowMs() + LOOK_FOR_MS
  let stop: Stop = () => undefined
  const look = (): void => {
    const seen = tryGet(getter)
    if (isEcho(seen.value)) return found(seen.value)
    if (environment.nowMs() >= untilMs) return failed(noEcho(whyNoEcho(seen.value), seen.thrown))
    stop = environment.schedule(LOOK_EVERY_MS, look)
  }
  look()
  return () => stop()
}

// echo-react's echo() throws until configureEcho() was called, so a getter that throws is merely early.
const tryGet = (getter: () => unknown): { value?: unknown; thrown?: unknown } => {
  try {
    return { value: getter() }
  } catch (thrown) {
    return { thrown }
  }
}

const awaitEcho = (
  open: () => PromiseLike<EchoLike>,
  environment: Environment,
  found: (echo: EchoLike) => void,
  failed: (error: CartEchoError) => void,
): Stop => {
  let waiting = true
  const settle = (run: () => void): void => {
    if (!waiting) return
    waiting = false
    stopTimer()
    run()
  }
  const stopTimer = environment.schedule(LOOK_FOR_MS, () =>
    settle(() => failed(noEcho('Its promise is still pending.'))),
  )
  invoke(open).then(
    (echo) => settle(() => (isEcho(echo) ? found(echo) : failed(noEcho(whyNoEcho(echo))))),
    (cause) => settle(() => failed(noEcho('It could not be loaded.', cause))),
  )
  return () => settle(() => undefined)
}

// An open() that throws at once is the same as one that rejects.
const invoke = async (open: () => PromiseLike<EchoLike>): Promise<EchoLike> => open()

const noEcho = (detail: string, cause?: unknown): CartEchoError => {
  const words = cause instanceof Error ? ` ${cause.message}` : ''
  return new CartEchoError('no-echo', `No Echo was found. ${detail}${words}`, { cause })
}
