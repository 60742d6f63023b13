import { setImmediate as nextTurn, setTimeout as realTime } from 'node:timers/promises'

/** A machine may be busy. What takes this long does not come. */
const PATIENCE_MS = 60_000
/** What goes on in this process is over in so many turns of its event loop, or waits for something else. */
const TURNS = 50

/**
 * Resolves when the condition holds; rejects with what it waited for when it does not within the time. Goes by the machine's own clock,
 * whatever clock the test holds.
 */
export const until = async (what: string, condition: () => boolean, withinMs = PATIENCE_MS): Promise<void> => {
  let endMs = 0
  for (let looks = 1; !condition(); looks += 1) {
    if (looks <= TURNS) await nextTurn()
    else await realTime(5)
    endMs ||= realNow() + withinMs
    if (realNow() > endMs) throw new Error(`Waited ${withinMs} ms in vain until ${what}.`)
  }
}

// Taken now, before a test may put another in its place.
const realNow = performance.now.bind(performance)
