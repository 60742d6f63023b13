import type { HeldTimers } from './standing-clock'

interface Timer {
  dueMs: number
  readonly everyMs: number | null
  readonly run: () => void
}

/**
 * Takes this process's timers and `Date.now()` in hand, where no test runner is there to do it. `new Date()` and what Node itself
 * waits for, such as its own requests, stay as they are.
 */
export const holdTimers = (): HeldTimers => {
  const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis
  const { now } = Date
  // In the order they were set: of two that are due together the older runs first.
  const waiting = new Set<Timer>()
  let nowMs = now.call(Date)

  const add = (run: (...given: never[]) => void, delayMs = 0, repeats: boolean, given: never[]) => {
    const everyMs = Math.max(0, Number(delayMs) || 0)
    const timer: Timer = {
      dueMs: nowMs + everyMs,
      everyMs: repeats ? Math.max(1, everyMs) : null,
      run: () => run(...given),
    }
    waiting.add(timer)
    return Object.assign(timer, { ref: () => timer, unref: () => timer, hasRef: () => true })
  }
  const remove = (timer: unknown): void => {
    waiting.delete(timer as Timer)
  }
  const next = (): Timer | undefined => [...waiting].sort((one, other) => one.dueMs - other.dueMs)[0]
  const run = (timer: Timer): void => {
    waiting.delete(timer)
    if (timer.everyMs !== null) {
      timer.dueMs += timer.everyMs
      waiting.add(timer)
    }
    timer.run()
  }

  Object.assign(globalThis, {
    setTimeout: (then: () => void, ms?: number, ...given: never[]) => add(then, ms, false, given),
    setInterval: (then: () => void, ms?: number, ...given: never[]) => add(then, ms, true, given),
    clearTimeout: remove,
    clearInterval: remove,
  })
  Date.now = () => nowMs

  return {
    count: () => waiting.size,
    runDue: () => {
      for (const timer of [...waiting]) if (timer.dueMs <= nowMs && waiting.has(timer)) run(timer)
    },
    runNext: () => {
      const timer = next()
      if (!timer) return
      nowMs = Math.max(nowMs, timer.dueMs)
      run(timer)
    },
    release: () => {
      Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval })
      Date.now = now
    },
  }
}
