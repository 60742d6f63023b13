import type { Environment, Stop } from '../engine/environment'

/** What is put off, and for how long it was. */
export interface Timer {
  readonly atMs: number
  readonly delayMs: number
  readonly run: () => void
}

/** Timers on a clock of their own, which stands. */
export interface Timers extends Pick<Environment, 'nowMs' | 'schedule'> {
  /** The time that has passed, whatever the wall clock shows. */
  readonly passedMs: () => number
  /** The next one of those that are meant, or null; of two that fall due together the one that was set first. */
  readonly next: (isMeant: (timer: Timer) => boolean) => Timer | null
  /** Takes it out, for somebody to run it. */
  readonly remove: (timer: Timer) => void
  /** Lets time pass until then, and runs nothing. Gives how much that was: 0 for what is past. */
  readonly moveTo: (atMs: number) => number
  /** Sets the wall clock forward or back; timers are not moved. */
  readonly jump: (byMs: number) => void
}

/** Makes a clock without timers that shows this time. */
export const createTimers = (startsAtMs: number): Timers => {
  const timers = new Set<Timer>()
  let passedMs = 0
  let skewMs = startsAtMs

  return {
    nowMs: () => passedMs + skewMs,
    passedMs: () => passedMs,
    schedule: (delayMs, run): Stop => {
      // Whole milliseconds, for `Date.now()` has no others; later rather than too early.
      const timer = { atMs: passedMs + Math.ceil(Math.max(0, delayMs)), delayMs, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    next: (isMeant) => {
      let found: Timer | null = null
      for (const timer of timers) if (isMeant(timer) && (!found || timer.atMs < found.atMs)) found = timer
      return found
    },
    remove: (timer) => {
      timers.delete(timer)
    },
    moveTo: (atMs) => {
      const byMs = Math.max(0, atMs - passedMs)
      passedMs += byMs
      return byMs
    },
    jump: (byMs) => {
      skewMs += byMs
    },
  }
}
