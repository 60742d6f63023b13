import type { Stop } from '../../src/engine/environment'
import { createHeap } from './heap'

/** A clock for thousands of clients that jumps from timer to timer. */
export interface VirtualClock {
  readonly nowMs: () => number
  readonly schedule: (delayMs: number, run: () => void) => Stop
  /** Runs what falls due until then, in order; what a timer promised is done before the next one runs. */
  readonly runUntil: (untilMs: number) => Promise<void>
}

interface Timer {
  readonly atMs: number
  readonly count: number
  run: (() => void) | null
}

/** One that stands at `startMs`. */
export const createVirtualClock = (startMs: number): VirtualClock => {
  const timers = createHeap<Timer>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.count < b.count))
  let nowMs = startMs
  let count = 0

  const nextUntil = (untilMs: number): Timer | undefined => {
    const timer = timers.peek()
    return timer && timer.atMs <= untilMs ? timers.pop() : undefined
  }

  return {
    nowMs: () => nowMs,
    schedule: (delayMs, run) => {
      count += 1
      const timer: Timer = { atMs: nowMs + Math.max(0, delayMs), count, run }
      timers.push(timer)
      // Left in the heap, and passed over when it comes up.
      return () => {
        timer.run = null
      }
    },
    runUntil: async (untilMs) => {
      for (let timer = nextUntil(untilMs); timer; timer = nextUntil(untilMs)) {
        if (!timer.run) continue
        nowMs = timer.atMs
        timer.run()
        await promisesKept()
      }
      nowMs = untilMs
    },
  }
}

// Node runs it when no microtask is left, those that they cause included; no turn of the event loop is needed.
const promisesKept = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))
