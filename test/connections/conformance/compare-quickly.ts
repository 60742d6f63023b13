import type { Recordings } from '../../../src/server/conformance/recordings'
import type { Finding } from '../../../src/server/conformance/report'
import { holdTimers } from '../../support/own-timers'
import { standingClock } from '../../support/standing-clock'
import { tapWires } from '../../support/tap-wires'
import { compareClient } from './compare-client'

/** Compares our client outside a test runner, for the command: what a page waits for takes no time here either. */
export const compareClientQuickly = async (recordings: Recordings): Promise<readonly Finding[]> => {
  const wires = tapWires()
  const clock = standingClock(wires, holdTimers())
  try {
    return await compareClient(recordings, clock)
  } finally {
    clock.release()
    wires.release()
  }
}
