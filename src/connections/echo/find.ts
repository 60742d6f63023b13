import { createAlarm } from '../../engine/clock'
import type { Environment, Stop } from '../../engine/environment'
import { CartEchoError, wordsOf } from '../../engine/errors'
import type { Refusal } from '../refusal'
import { type EchoLike, has, type PageEcho, peek } from './shape'

const LOOK_EVERY_MS = 100
const LOOK_FOR_MS = 20_000

/**
 * Finds the Echo. A getter is asked every 100 ms for 20 s, because scripts come late; a promise is waited for as long. Then either `found` or `missing` is
 * called, once: with `not-loaded` where another search may find one, else with `no-echo`.
 */
export const findEcho = (
  source: PageEcho,
  environment: Environment,
  found: (echo: EchoLike) => void,
  missing: (refusal: Refusal) => void,
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
    end(() => (isEcho(value) ? found(value) : missing(noEcho(whyNoEcho(value, source), cause))))

  const wait = (promise: PromiseLike<unknown>): void => {
    alarm.set(LOOK_FOR_MS, () => end(() => missing(noEcho('Its promise is pending.'))))
    Promise.resolve(promise).then(
      (echo) => decide(echo),
      (cause) => end(() => missing(notLoaded(source, cause))),
    )
  }

  const look = (): void => {
    const { value, thrown } = tryGet(source)
    if (!isEcho(value) && isPromise(value)) wait(value)
    else if (isEcho(value) || environment.nowMs() >= untilMs) decide(value, thrown)
    else alarm.set(LOOK_EVERY_MS, look)
  }

  look()
  return () => end(() => undefined)
}

/** True for what can give a private channel. The Echo class has it only on its prototype. */
export const isEcho = (value: unknown): value is EchoLike => has(value, 'private')

/** Says why something is no Echo, in words for the developer who handed it over; `source` is what gave it. */
export const whyNoEcho = (value: unknown, source: unknown = value): string => {
  if (value === undefined || value === null)
    return typeof source === 'function'
      ? 'The getter gives none: make one, or connect: reverb({…}).'
      : 'It is undefined: give a getter, () => window.Echo.'
  if (has(value, 'transport')) return 'It is reverb({…}): give connect that itself.'
  if (has(peek(value, 'prototype'), 'private')) return 'It is the class: give new Echo({…}).'
  if (peek(value, 'default') !== undefined) return 'It is the namespace: give new Echo.default({…}).'
  return 'It has no private().'
}

const isPromise = (source: unknown): source is PromiseLike<unknown> => has(source, 'then')

/**
 * True when a getter gives another Echo than the one it gave before, and goes on giving it: one that makes an Echo at every
 * call has not replaced anything. Never throws.
 */
export const wasReplaced = (source: PageEcho, echo: EchoLike): boolean => {
  const value = echoNow(source)
  return isEcho(value) && value !== echo && echoNow(source) === value
}

/** What a source gives now, without waiting: no Echo, where it is a promise or a getter that is early. Never throws. */
export const echoNow = (source: PageEcho): unknown => {
  const { value } = tryGet(source)
  // A promise that nobody waits for must not be an unhandled rejection of the page's. One of a library may take both callbacks for granted, or throw.
  if (isPromise(value)) Promise.resolve(value).catch(() => undefined)
  return value
}

// echo-react's echo() throws until configureEcho() was called, so a getter that throws is merely early.
const tryGet = (source: PageEcho): { value?: unknown; thrown?: unknown } => {
  try {
    return { value: typeof source === 'function' ? source() : source }
  } catch (thrown) {
    return { thrown }
  }
}

const noEcho = (detail: string, cause?: unknown): Refusal => {
  const words = `No Echo. ${detail} ${cause === undefined ? '' : wordsOf(cause)}`
  return { name: 'refused', reason: 'no-echo', error: new CartEchoError('no-echo', words.trim(), { cause }) }
}

// A getter may import again; a promise that rejected stays so.
const notLoaded = (source: PageEcho, cause: unknown): Refusal => {
  if (typeof source !== 'function') return noEcho('Not loaded:', cause)
  const error = new CartEchoError('not-loaded', `Echo not loaded: ${wordsOf(cause)}`, { cause })
  return { name: 'delayed', reason: 'not-loaded', error }
}
