import type { Wires } from './tap-wires'

/** A clock that a test goes by. */
export interface Clock {
  readonly pass: (ms: number) => Promise<void>
  /** Resolves when the condition holds; rejects with what it waited for when it does not within the time. */
  readonly until: (what: string, condition: () => boolean, withinMs?: number) => Promise<void>
  readonly release: () => void
}

/** A clock that stands until the test lets it go on. */
export interface HeldClock extends Clock {
  /** Resolves when nothing more happens before the clock goes on. */
  readonly settled: () => Promise<void>
}

/** This process's timers, in somebody's hand: those of `globalThis` from then on. */
export interface HeldTimers {
  /** How many wait. */
  readonly count: () => number
  /** Runs those that are due now. */
  readonly runDue: () => void
  /** Lets the time come to the next one, and runs it. */
  readonly runNext: () => void
  readonly release: () => void
}

const WITHIN_MS = 600_000

/** A clock that jumps from timer to timer, and stands while anything is under way on the wires: those are real. */
export const standingClock = (wires: Wires, timers: HeldTimers): HeldClock => {
  // What is put off by 0 ms, as pusher-js does, comes after what is on its way, as it does on a machine that has the time.
  const hasRunDue = (): boolean => {
    const before = timers.count()
    timers.runDue()
    return timers.count() !== before
  }
  // A test that timed out goes on until it notices, and the clock is another's by then.
  let isReleased = false
  const insistOnHeld = (): void => {
    if (isReleased) throw new Error('The test of this clock is over.')
  }
  const settled = async (): Promise<void> => {
    // Twice: a timer that ran and set another does not change their number.
    for (let idle = 0; idle < 2; ) {
      await wires.settled()
      insistOnHeld()
      idle = hasRunDue() ? 0 : idle + 1
    }
  }

  const until = async (what: string, condition: () => boolean, withinMs = WITHIN_MS): Promise<void> => {
    let isLate = false
    const deadline = setTimeout(() => {
      isLate = true
    }, withinMs)
    await settled()
    while (!condition()) {
      if (isLate) throw new Error(`Waited ${withinMs} ms in vain until ${what}.`)
      timers.runNext()
      await settled()
    }
    clearTimeout(deadline)
  }

  return {
    pass: async (ms) => {
      const endMs = Date.now() + ms
      await until(`${ms} ms have passed`, () => Date.now() >= endMs, ms)
    },
    until,
    settled,
    release: () => {
      isReleased = true
      timers.release()
    },
  }
}

/** Resolves as the promise does, and lets the clock pass until then. */
export const finished = async <Value>({ until }: Pick<Clock, 'until'>, promise: PromiseLike<Value>): Promise<Value> => {
  let isOver = false
  const over = (): void => {
    isOver = true
  }
  promise.then(over, over)
  await until('it is over', () => isOver)
  return promise
}
