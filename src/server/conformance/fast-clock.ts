import { SWEEP_EVERY_MS } from '../reverb/keep-alive'
import type { Clock } from './target'

/** A clock that can be put forward. */
export interface FastClock {
  now(): number
  /** The clock of a recording: runs the job at every minute it ran at then. */
  over(options: FastClockOptions): Clock
}

/** What a fast clock moves. */
export interface FastClockOptions {
  /** Runs the keep-alive job. */
  sweep(): void
  /** Resolves when everything that was said has been heard. */
  settled(): Promise<void>
  readonly patienceMs: number
}

/** The job first ran 9.7 s after keep-alive.txt began: what it did is recorded a minute later, and then every minute. */
const FIRST_SWEEP_AT_MS = 9_700

/** A clock that stands at zero. */
export const createFastClock = (): FastClock => {
  let nowMs = 0
  return {
    now: () => nowMs,
    over: ({ sweep, settled, patienceMs }) => ({
      patienceMs,
      reach: async (atS) => {
        const atMs = Math.round(atS * 1_000)
        if (atMs === nowMs) return
        await settled()
        for (let dueMs = nextSweep(nowMs); dueMs <= atMs; dueMs += SWEEP_EVERY_MS) {
          nowMs = dueMs
          sweep()
        }
        nowMs = atMs
      },
    }),
  }
}

const nextSweep = (nowMs: number): number =>
  FIRST_SWEEP_AT_MS + Math.max(0, Math.floor((nowMs - FIRST_SWEEP_AT_MS) / SWEEP_EVERY_MS) + 1) * SWEEP_EVERY_MS
