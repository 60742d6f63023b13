import { vi } from 'vitest'

/** Fine enough for what waits for what: a timer that another has set is late by no more than this. */
const STEP_MS = 25

/**
 * Lets time pass on a page whose timers are faked, with a turn for promises in every step. `vi.advanceTimersByTimeAsync` takes its turns by the real setTimeout, and a browser makes one that
 * was set in another wait for 4 ms.
 */
export const pass = async (ms: number): Promise<void> => {
  await turn()
  for (let passedMs = 0; passedMs < ms; passedMs += STEP_MS) {
    vi.advanceTimersByTime(Math.min(STEP_MS, ms - passedMs))
    await turn()
  }
}

// Longer than any chain of promises from a timer to what the page shows of it.
const turn = async (): Promise<void> => {
  for (let count = 0; count < 20; count += 1) await null
}
