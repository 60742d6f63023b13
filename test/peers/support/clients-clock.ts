import { onTestFinished } from 'vitest'
import { heldClock } from '../../support/held-clock'
import type { Wires } from '../../support/wires'

/**
 * The clock pusher-js waits by, in the test's hand; sockets stay real. Whatever was started before keeps its own timers, so the stand-in is
 * started first.
 */
export const holdClientsClock = (wires: Wires) => {
  const { pass, settled, release } = heldClock(wires)
  onTestFinished(release)
  return {
    /** Lets so much time pass for the clients. After each of their timers the sockets get their turn. */
    pass,
    /** Resolves when everything has arrived, without a tick for the clients. Rejects when the condition does not hold then. */
    until: async (what: string, condition: () => boolean): Promise<void> => {
      await settled()
      if (!condition()) throw new Error(`Everything has arrived, and still it is not so that ${what}.`)
    },
  }
}
