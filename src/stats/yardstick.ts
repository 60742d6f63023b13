import { BUCKETS_MS, type Bucket } from './figures'

/** The fastest change is forgotten after 10 to 20 min: clocks drift apart, and are set. */
const LATELY_MS = 600_000

/** Clocks that are further apart than 100 days are none. */
const MOST_APART_MS = 8_640_000_000

/** Nothing counts as later than an hour, so that one change of a clock does not outweigh everything. */
const LATEST_MS = 3_600_000

/**
 * Tells how late something came that was sent by the server's clock and arrived by the page's. The two clocks differ, nobody knows by how much; but the
 * difference is in every measurement, so that the smallest one lately, which has the least delay in it, is taken for it. What comes out is how much later
 * than the fastest lately: too small by what the fastest took, never too large unless a clock was set. Null for the first, which can be compared with nothing.
 */
export const createYardstick = () => {
  let recent = Number.POSITIVE_INFINITY
  let before = Number.POSITIVE_INFINITY
  let beganAtMs = Number.NEGATIVE_INFINITY

  const turn = (nowMs: number): void => {
    const agoMs = nowMs - beganAtMs
    if (agoMs >= 0 && agoMs < LATELY_MS) return
    before = agoMs >= 0 && agoMs < 2 * LATELY_MS ? recent : Number.POSITIVE_INFINITY
    recent = Number.POSITIVE_INFINITY
    beganAtMs = nowMs
  }

  return {
    /** Measures one, and remembers it. */
    latencyOf: (sentAtMs: number, nowMs: number): number | null => {
      const differenceMs = nowMs - sentAtMs
      if (!(Math.abs(differenceMs) <= MOST_APART_MS)) return null
      turn(nowMs)
      const leastMs = Math.min(recent, before)
      recent = Math.min(recent, differenceMs)
      return leastMs === Number.POSITIVE_INFINITY ? null : Math.min(Math.max(0, differenceMs - leastMs), LATEST_MS)
    },
  }
}

/** The bucket that a delay is counted in. */
export const bucketOf = (latencyMs: number): Bucket => {
  const bound = BUCKETS_MS.find((bound) => latencyMs <= bound)
  return bound === undefined ? 'more' : `${bound}`
}
