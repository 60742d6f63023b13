import type { Environment } from '../engine/environment'
import { CartEchoError, unfit } from '../engine/errors'
import { insistOnMs, isAmount, unless, unlessFunction, type Wrong } from './misuse'
import { createTimers, type Timer } from './timers'

/** A clock that stands until it is told to go on. */
export interface VirtualClock extends Pick<Environment, 'nowMs' | 'random' | 'schedule'> {
  /** Lets time pass, and runs what falls due on the way, in order, with turns for promises between. */
  readonly advance: (ms: number) => Promise<void>
  /** Runs what was begun until nothing of it is left to run. */
  readonly settle: () => Promise<void>
  /** Lets time pass until the next timer has run, whichever that is. False: none is set. */
  readonly toNext: () => Promise<boolean>
  /** Sets the wall clock forward or back, as a machine that slept: timers, which slept too, are not moved. */
  readonly jump: (byMs: number) => void
  /** What falls due within this time belongs to what was begun, however long it was put off. */
  readonly expectWithin: (ms: number) => void
  /** `settle()` waits until this promise is settled, for it is of the page's own, and real. */
  readonly waitFor: (promise: Promise<unknown>) => void
  /** Notes that the page has begun something anew. Throws where it does so for ever at one moment; so do `settle()` and `advance()` then, for no time would ever pass. */
  readonly noteRound: () => void
}

/** How a virtual clock is set. */
export interface VirtualClockOptions {
  /** What it shows at first, as `Date.now()`. Default: the time at which it is made. */
  startsAtMs?: number | undefined
  /** Numbers from 0 up to 1, in the place of `Math.random`. Default: the same ones in every run. */
  random?: (() => number) | undefined
  /** Called with each step of the clock, in milliseconds, so that a test's own fake timers go along. Default: nothing. */
  onAdvance?: ((ms: number) => void) | undefined
}

/** The readers of a clock's options. */
export const CLOCK_OPTIONS: Readonly<Record<keyof VirtualClockOptions, Wrong>> = {
  startsAtMs: unless('milliseconds, 0 or more', isAmount),
  random: unlessFunction,
  onAdvance: unlessFunction,
}

/** What was put off for longer goes by the clock, such as a poll, and is not waited for. */
const SOON_MS = 5_000
/** What still sets timers after that, such as polls every second, is never quiet. */
const QUIET_WITHIN_MS = 60_000
/** More timers than any page sets for one moment, and more refreshes. */
const MOST_AT_ONCE = 1_000
/** An answer is on its way for no longer. A promise of the page's may wait for one. */
const ON_ITS_WAY_MS = 50
/** A page that polls asks 100,000 times in so long. A point in time, such as `Date.now() + 1_000`, is more, and would take hours. */
const MOST_MS = 31 * 86_400_000
/** More turns than any chain of promises of ours takes. */
const TURNS = 50

/**
 * Makes a clock. Nothing in it waits in real time, nor by the `setTimeout` that a test may have faked.
 */
export const createVirtualClock = (
  { startsAtMs = Date.now(), random = createRandom(), onAdvance }: VirtualClockOptions = {},
  timers = createTimers(startsAtMs),
): VirtualClock => {
  const { next, passedMs } = timers
  const awaited = new Set<Promise<unknown>>()
  let expectedUntilMs = 0
  /** How many timers without a delay ran at this moment. */
  let atOnce = 0
  /** How many rounds began at this moment. */
  let rounds = 0
  let spins: CartEchoError | null = null
  /** Ends the wait of `settle()` for promises when a timer is set, which they may wait for. */
  let wake = (): void => undefined

  const moveTo = (atMs: number): void => {
    const byMs = timers.moveTo(atMs)
    if (byMs > 0) rounds = 0
    if (byMs > 0) onAdvance?.(byMs)
  }

  // No time passes while a page begins anew and anew.
  const rest = async (): Promise<void> => {
    for (let before = -1; before !== rounds && !spins; ) {
      before = rounds
      await turn()
    }
    if (spins) throw spins
  }

  const runUntil = async (untilMs: number): Promise<void> => {
    await rest()
    for (let due = next(isDue); due; due = next(isDue)) {
      timers.remove(due)
      if (due.atMs > passedMs()) atOnce = 0
      // What was put off has not set itself anew at this moment, however many there are.
      else if (due.delayMs <= 0) atOnce += 1
      if (atOnce > MOST_AT_ONCE) throw new CartEchoError('invalid-options', SPINS)
      moveTo(due.atMs)
      due.run()
      await rest()
    }
    moveTo(untilMs)
    await rest()

    function isDue({ atMs }: Timer): boolean {
      return atMs <= untilMs
    }
  }

  const untilSet = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
    })

  const settle = async (): Promise<void> => {
    const giveUpAtMs = Math.max(passedMs() + QUIET_WITHIN_MS, expectedUntilMs)
    await rest()
    for (let isQuiet = false; !isQuiet; ) {
      const onItsWay = next(({ delayMs }) => delayMs <= ON_ITS_WAY_MS)
      const due = next(({ atMs, delayMs }) => delayMs <= SOON_MS || atMs <= expectedUntilMs)
      if (awaited.size > 0 && onItsWay && onItsWay.atMs <= giveUpAtMs) await runUntil(onItsWay.atMs)
      else if (awaited.size > 0) await Promise.race([...awaited, untilSet()])
      else if (due && due.atMs <= giveUpAtMs) await runUntil(due.atMs)
      else isQuiet = true
      await rest()
    }
  }

  const insistOnSpan = (ms: number): number => {
    if (insistOnMs('advance()', ms) <= MOST_MS) return ms
    throw unfit('invalid-options', 'advance()', 'milliseconds from now, at most 31 days', ms)
  }

  return {
    nowMs: timers.nowMs,
    random,
    schedule: (delayMs, run) => {
      const stop = timers.schedule(delayMs, run)
      wake()
      return stop
    },
    advance: async (ms) => runUntil(passedMs() + insistOnSpan(ms)),
    toNext: async () => {
      const due = next(() => true)
      if (due) await runUntil(due.atMs)
      return due !== null
    },
    settle,
    jump: timers.jump,
    expectWithin: (ms) => {
      expectedUntilMs = Math.max(expectedUntilMs, passedMs() + ms)
    },
    waitFor: (promise) => {
      const ended: Promise<unknown> = promise.then(leave, leave)
      awaited.add(ended)
      function leave(): void {
        awaited.delete(ended)
      }
    },
    noteRound: () => {
      rounds += 1
      if (rounds > MOST_AT_ONCE) spins = new CartEchoError('invalid-options', REFRESHES)
      if (spins) throw spins
    },
  }
}

const REFRESHES = '1,000 refreshes ran at one moment: look for an onRefresh that calls refresh() or check().'
const SPINS = '1,000 timers ran at one moment: look for one that sets itself anew without a delay.'

// Not by a timer, which the test may have faked.
const turn = async (): Promise<void> => {
  for (let count = 0; count < TURNS; count += 1) await null
}

/** Mulberry32: the same numbers in every run, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c. */
const createRandom = (): (() => number) => {
  let state = 1
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
