import { setTimeout as realTime } from 'node:timers/promises'
import { vi } from 'vitest'

/** The clock a row of the matrix goes by. */
export interface Clock {
  readonly pass: (ms: number) => Promise<void>
  /** Resolves when the condition holds; rejects with what it waited for when it does not within the time. */
  readonly until: (what: string, condition: () => boolean, withinMs?: number) => Promise<void>
  readonly release: () => void
}

/** What goes on in real time while a held clock stands. */
export interface Bustle {
  /** Changes whenever something happened. */
  readonly pulse: () => string
  /** How many answers are awaited. */
  readonly awaited: () => number
}

const WITHIN_MS = 600_000
/** Where something happened, so long nothing more may happen before the clock goes on. In milliseconds of the machine. */
const QUIET_MS = 3
/** What is not answered by then hangs. */
const PATIENCE_MS = 30

/** The machine's own clock. */
export const realClock = (): Clock => ({
  pass: (ms) => realTime(ms),
  until: async (what, condition, withinMs = 15_000) => {
    const endMs = performance.now() + withinMs
    while (!condition()) {
      if (performance.now() > endMs) throw new Error(`Waited ${withinMs} ms in vain until ${what}.`)
      await realTime(5)
    }
  },
  release: () => undefined,
})

/**
 * A clock for page, pusher-js and faults alike that jumps from timer to timer, and stands while sockets and requests are at work: those
 * are real. Whatever was started before keeps its own timers.
 */
export const heldClock = ({ pulse, awaited }: Bustle): Clock => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })

  let last = ''
  const settle = async (): Promise<void> => {
    let [quietMs, wantedMs] = [0, 1]
    for (let waitedMs = 0; quietMs < wantedMs && waitedMs < PATIENCE_MS; waitedMs += 1) {
      await realTime(1)
      // pusher-js puts off by 0 ms what it wants to do next.
      vi.advanceTimersByTime(0)
      const isBusy = pulse() !== last || awaited() > 0
      last = pulse()
      quietMs = isBusy ? 0 : quietMs + 1
      if (isBusy) wantedMs = QUIET_MS
    }
  }

  const until = async (what: string, condition: () => boolean, withinMs = WITHIN_MS): Promise<void> => {
    let isLate = false
    const deadline = setTimeout(() => {
      isLate = true
    }, withinMs)
    await settle()
    while (!condition()) {
      if (isLate) throw new Error(`Waited ${withinMs} ms in vain until ${what}.`)
      vi.advanceTimersToNextTimer()
      await settle()
    }
    clearTimeout(deadline)
  }

  return {
    pass: async (ms) => {
      const endMs = Date.now() + ms
      await until(`${ms} ms have passed`, () => Date.now() >= endMs, ms)
    },
    until,
    release: () => vi.useRealTimers(),
  }
}
