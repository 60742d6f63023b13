import { createClockDifference } from '../trace/clock-difference'
import { BUCKETS_MS, type Bucket } from './figures'

/** Nothing counts as later than an hour, so that one change of a clock does not outweigh everything. */
const LATEST_MS = 3_600_000

/**
 * Tells how late something came that was sent by the server's clock and arrived by the page's: how much later than the fastest lately. That is too small by what the
 * fastest took, never too large unless a clock was set. Null for the first, which can be compared with nothing.
 */
export const createYardstick = () => {
  const { measure } = createClockDifference()
  return {
    /** Measures one, and remembers it. */
    latencyOf: (sentAtMs: number, nowMs: number): number | null => {
      const { tookMs, leastMs } = measure(sentAtMs, nowMs) ?? { tookMs: 0, leastMs: null }
      return leastMs === null ? null : Math.min(Math.max(0, tookMs - leastMs), LATEST_MS)
    },
  }
}

/** The bucket that a delay is counted in. */
export const bucketOf = (latencyMs: number): Bucket => {
  const bound = BUCKETS_MS.find((bound) => latencyMs <= bound)
  return bound === undefined ? 'more' : `${bound}`
}
