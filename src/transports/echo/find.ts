import type { Environment, Stop } from '../../core/environment'
import { CartEchoError } from '../../core/errors'
import { type EchoLike, type EchoSource, has, type OpenableEcho, peek } from './shape'

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
  if (isOpenable(source)) return awaitEcho(() => source.open(), environment, found, failed)
  if (isPromise(source)) return awaitEcho(() => source, environment, found, failed)
  if (isGetter(source)) return lookForEcho(source, environment, found, failed)
  found(source)
  return () => undefined
}

/** True when the source makes an Echo of our own, which is ours to close. */
export const isOpenable = (source: unknown): source is OpenableEcho =>
  has(source, 'open') && has(source, 'close') && !isEcho(source)

/** True for what can give a private channel. The Echo class has it only on its prototype. */
export const isEcho = (value: unknown): value is EchoLike => typeof value !== 'function' && has(value, 'private')

/** Says why something is no Echo, in words for the developer who handed it over. */
export const whyNoEcho = (value: unknown): string => {
  if (value === undefined || value === null)
    return 'It is undefined. If it comes later, give a getter: () => window.Echo.'
  if (has(value, 'open')) return 'It is a function that gives reverb({...}): give reverb({...}) itself.'
  if (has(peek(value, 'prototype'), 'private')) return 'It is the Echo class. Create one: new Echo({...}).'
  if (peek(value, 'default') !== undefined)
    return 'It is the namespace of the Echo script. Create one: new Echo.default({...}).'
  return 'It has no private() method.'
}

const isGetter = (source: EchoSource): source is () => EchoLike | null | undefined => typeof source === 'function'

const isPromise = (source: unknown): source is PromiseLike<EchoLike> => has(source, 'then')

/**
 * True when a getter gives another Echo than the one it gave before, and goes on giving it: one that makes an Echo at every
 * call has not replaced anything. Never throws.
 */
export const wasReplaced = (source: EchoSource, echo: EchoLike): boolean => {
  if (!isGetter(source)) return false
  const { value } = tryGet(source)
  return isEcho(value) && value !== echo && tryGet(source).value === value
}

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
    if (isPromise(seen.value)) return awaitGiven(seen.value)
    if (environment.nowMs() >= untilMs) return failed(noEcho(whyNoEcho(seen.value), seen.thrown))
    stop = environment.schedule(LOOK_EVERY_MS, look)
  }
  const awaitGiven = (promise: PromiseLike<EchoLike>): void => {
    stop = awaitEcho(() => promise, environment, found, failed)
  }
  look()
  return () => stop()
}

/** What a source gives now, without waiting: nothing, where it is a promise or a getter that is early. Never throws. */
export const echoNow = (source: EchoSource | undefined): unknown =>
  source !== undefined && isGetter(source) ? tryGet(source).value : source

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
    (cause) => settle(() => failed(noEcho(cause instanceof CartEchoError ? '' : 'It could not be loaded.', cause))),
  )
  return () => settle(() => undefined)
}

// An open() that throws at once is the same as one that rejects.
const invoke = async (open: () => PromiseLike<EchoLike>): Promise<EchoLike> => open()

const noEcho = (detail: string, cause?: unknown): CartEchoError => {
  const words = ['No Echo was found.', detail, cause instanceof Error ? cause.message : ''].filter(Boolean)
  return new CartEchoError('no-echo', words.join(' '), { cause })
}
