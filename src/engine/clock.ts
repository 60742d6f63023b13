import type { Audience, Environment, PageSignal, Stop } from './environment'

/** What the world lends to one step of a value: the time, and one random number from 0 to 1. */
export interface Moment {
  readonly nowMs: number
  readonly random: number
}

/** True for less than `ageMs` from a moment on. A clock that was put back before it must not make an old moment young. */
export const isYoung = (atMs: number, nowMs: number, ageMs: number): boolean => nowMs >= atMs && nowMs - atMs < ageMs

/** One thing that is to happen later. What is planned anew takes the place of what was planned before. */
interface Alarm {
  readonly set: (inMs: number, run: () => void) => void
  /** Drops what is planned. `set` may follow. */
  readonly stop: Stop
}

/** An alarm that is not set. */
export const createAlarm = (environment: Environment): Alarm => {
  let stop: Stop = () => undefined
  return {
    set: (inMs, run) => {
      stop()
      stop = environment.schedule(inMs, run)
    },
    stop: () => stop(),
  }
}

const TICK_MS = 5_000
/** A busy page has late timers too. */
const LATE_MS = 10_000

/**
 * Tells when the clock jumped while the page was looked at: the machine slept, or its clock was set. By the wall clock, for
 * timers sleep with the machine. A hidden page's timers are late by right, so it is left alone; that its clock was set back is told
 * when it is looked at.
 */
export const watchWake = (environment: Environment, woke: () => void): Stop => {
  let lastMs = environment.nowMs()
  let stopTimer: Stop = () => undefined
  const tick = (): void => {
    const passedMs = environment.nowMs() - lastMs
    watch()
    if (passedMs > TICK_MS + LATE_MS || passedMs < 0) woke()
  }
  const watch = (): void => {
    stopTimer()
    lastMs = environment.nowMs()
    if (environment.isVisible()) stopTimer = environment.schedule(TICK_MS, tick)
  }
  const stopWatching = environment.watchPage((signal) => {
    if (signal !== 'visible' && signal !== 'hidden') return
    const wasSetBack = environment.nowMs() < lastMs
    watch()
    if (wasSetBack) woke()
  })
  watch()
  return () => {
    stopWatching()
    stopTimer()
  }
}

/**
 * Hears what the audience goes through, and `woke` also by the clock: by the timers of this page, which are late when it is hidden,
 * whoever looks at another.
 */
export const watchSignals = (
  environment: Environment,
  audience: Pick<Audience, 'watchPage'>,
  hear: (signal: PageSignal) => void,
): Stop => {
  const stopWatching = audience.watchPage(hear)
  const stopWaking = watchWake(environment, () => hear('woke'))
  return () => {
    stopWatching()
    stopWaking()
  }
}

/** Something that is on for as long as anybody has it started. */
interface Counted {
  /** Begins it, unless it is on already. Returns the release of this start; it ends with the last one. */
  readonly start: () => Stop
  /** Ends it at once, whoever has it started. */
  readonly stop: Stop
  readonly isOn: () => boolean
}

/** What is counted: `again` is called for a start while it is on. */
interface CountedParts {
  readonly begin: () => void
  readonly again: () => void
  readonly end: () => void
}

/** Off. */
export const createCounted = ({ begin, again, end }: CountedParts): Counted => {
  const holders = new Set<symbol>()
  const stop = (): void => {
    if (holders.size === 0) return
    holders.clear()
    end()
  }
  return {
    isOn: () => holders.size > 0,
    stop,
    start: () => {
      const holder = Symbol('start')
      holders.add(holder)
      if (holders.size === 1) begin()
      else again()
      return () => {
        if (holders.has(holder) && holders.size === 1) stop()
        holders.delete(holder)
      }
    },
  }
}
