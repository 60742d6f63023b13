import { setTimeout as realTime } from 'node:timers/promises'
import { vi } from 'vitest'
import { type Clock, type HeldClock, type HeldTimers, standingClock } from './standing-clock'
import type { Wires } from './tap-wires'

export { type Clock, finished, type HeldClock } from './standing-clock'

/** The machine's own clock. It gives a busy machine a minute. */
export const realClock = (): Clock => ({
  pass: (ms) => realTime(ms),
  until: async (what, condition, withinMs = 60_000) => {
    const endMs = performance.now() + withinMs
    while (!condition()) {
      if (performance.now() > endMs) throw new Error(`Waited ${withinMs} ms in vain until ${what}.`)
      await realTime(5)
    }
  },
  release: () => undefined,
})

/**
 * A clock for page, pusher-js, server and faults alike that jumps from timer to timer, and stands while anything is under way on the
 * wires: those are real. Whatever was started before keeps its own timers.
 */
export const heldClock = (wires: Wires): HeldClock => standingClock(wires, holdByVitest())

const holdByVitest = (): HeldTimers => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
  return {
    count: () => vi.getTimerCount(),
    runDue: () => vi.advanceTimersByTime(0),
    runNext: () => vi.advanceTimersToNextTimer(),
    release: () => vi.useRealTimers(),
  }
}
