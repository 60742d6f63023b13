import { createAlarm } from '../../engine/clock'
import type { Environment, Stop } from '../../engine/environment'
import { CartEchoError, wordsOf } from '../../engine/errors'
import { type EchoLike, type EchoSource, has, peek } from './shape'

const LOOK_EVERY_MS = 100
const LOOK_FOR_MS = 20_000

/**
 * Finds the Echo. A getter is asked every 100 ms for 20 s, because scripts come late; a promise is
 * waited for as long. Then either `found` or `missing` is called, once: with `not-loaded` where another search may find one, else with `no-echo`.
 */
export const findEcho = (
  source: EchoSource,
  environment: Environment,
  found: (echo: EchoLike) => void,
  missing: (error: CartEchoError) => void,
): Stop => {
  const alarm = createAlarm(environment)
  const untilMs = environment.nowMs() + LOOK_FOR_MS
  let isOver = false

  const end = (tell: () => void): void => {
    if (isOver) return
    isOver = true
    alarm.stop()
    tell()
  }

  const decide = (value: unknown, cause?: unknown): void =>
    end(() => (isEcho(value) ? found(value) : missing(noEcho(whyNoEcho(value), cause))))

  const wait = (open: () => PromiseLike<EchoLike>): void => {
    alarm.set(LOOK_FOR_MS, () => end(() => missing(noEcho('Its promise is pending.'))))
    invoke(open).then(
      (echo) => decide(echo),
      (cause) => end(() => missing(whyNotOpened(source, cause))),
    )
  }

  const look = (getter: () => unknown): void => {
    const { value, thrown } = tryGet(getter)
    if (!isEcho(value) && isPromise(value)) wait(() => value)
    else if (isEcho(value) || environment.nowMs() >= untilMs) decide(value, thrown)
    else alarm.set(LOOK_EVERY_MS, () => look(getter))
  }

  if (isPromise(source)) wait(() => source)
  else if (isGetter(source)) look(source)
  else end(() => found(source))
  return () => end(() => undefined)
}

/** True for what can give a private channel. The Echo class has it only on its prototype. */
export const isEcho = (value: unknown): value is EchoLike => typeof value !== 'function' && has(value, 'private')

/** Says why something is no Echo, in words for the developer who handed it over. */
export const whyNoEcho = (value: unknown): string => {
  if (value === undefined || value === null) return 'It is undefined: give a getter, () => window.Echo.'
  if (has(value, 'transport')) return 'It is reverb({…}): give connect that itself.'
  if (has(peek(value, 'prototype'), 'private')) return 'It is the class: give new Echo({…}).'
  if (peek(value, 'default') !== undefined) return 'It is the namespace: give new Echo.default({…}).'
  return 'It has no private().'
}

const isGetter = (source: EchoSource): source is () => EchoLike | PromiseLike<EchoLike> | null | undefined =>
  typeof source === 'function'

const isPromise = (source: unknown): source is PromiseLike<EchoLike> => has(source, 'then')

/**
 * True when a getter gives another Echo than the one it gave before, and goes on giving it: one that makes an Echo at every
 * call has not replaced anything. Never throws.
 */
export const wasReplaced = (source: EchoSource, echo: EchoLike): boolean => {
  if (!isGetter(source)) return false
  const value = glance(source)
  return isEcho(value) && value !== echo && glance(source) === value
}

/** What a source gives now, without waiting: nothing, where it is a promise or a getter that is early. Never throws. */
export const echoNow = (source: EchoSource | undefined): unknown =>
  source !== undefined && isGetter(source) ? glance(source) : source

// A promise that nobody waits for must not be an unhandled rejection of the page's.
const glance = (getter: () => unknown): unknown => {
  const { value } = tryGet(getter)
  if (isPromise(value)) value.then(undefined, () => undefined)
  return value
}

// echo-react's echo() throws until configureEcho() was called, so a getter that throws is merely early.
const tryGet = (getter: () => unknown): { value?: unknown; thrown?: unknown } => {
  try {
    return { value: getter() }
  } catch (thrown) {
    return { thrown }
  }
}

// An open() that throws at once is the same as one that rejects, and so is a promise of another kind that throws when it is waited for.
const invoke = async (open: () => PromiseLike<EchoLike>): Promise<EchoLike> => open()

const noEcho = (detail: string, cause?: unknown): CartEchoError => {
  const words = ['No Echo.', detail, cause instanceof Error ? cause.message : ''].filter(Boolean)
  return new CartEchoError('no-echo', words.join(' '), { cause })
}

// A getter may import again; a promise that rejected stays so.
const whyNotOpened = (source: EchoSource, cause: unknown): CartEchoError => {
  const known = cause instanceof CartEchoError ? cause : null
  if (known && known.code !== 'not-loaded') return noEcho('', cause)
  if (isPromise(source)) return noEcho('Not loaded:', cause)
  return known ?? new CartEchoError('not-loaded', `Echo not loaded: ${wordsOf(cause)}`, { cause })
}
