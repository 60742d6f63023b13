import { setImmediate as nextTurn } from 'node:timers/promises'
import { onTestFinished, vi } from 'vitest'

/**
 * The clock pusher-js waits by, in the test's hand; sockets stay real. Whatever was started before keeps its own timers,
 * so the stand-in is started first.
 */
export const holdClientsClock = () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  return {
    /** Lets so much time pass for the clients, in small steps, between which the sockets get their turn. */
    pass: async (ms: number): Promise<void> => {
      for (let passedMs = 0; passedMs < ms; passedMs += STEP_MS) {
        vi.advanceTimersByTime(Math.min(STEP_MS, ms - passedMs))
        await nextTurn()
      }
    },
    /** Resolves when the condition holds, without a tick for the clients. Their sockets are real, so this takes real time. */
    until: async (what: string, condition: () => boolean, withinMs = 5_000): Promise<void> => {
      const endMs = performance.now() + withinMs
      while (!condition()) {
        if (performance.now() > endMs) throw new Error(`Waited ${withinMs} ms in vain until ${what}.`)
        // pusher-js puts off by 0 ms what it wants to do next.
        vi.advanceTimersByTime(0)
        await nextTurn()
      }
    },
  }
}

const STEP_MS = 50
