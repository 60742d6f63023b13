/** The least is forgotten after 10 to 20 min: clocks drift apart, and are set. */
const LATELY_MS = 600_000

/** Clocks that are further apart than 100 days are none. */
const MOST_APART_MS = 8_640_000_000

/** How long something took from the server's clock, when it was sent, to the page's, when it arrived. */
export interface Measured {
  readonly tookMs: number
  /** The least that anything took lately before; null: this is the first. */
  readonly leastMs: number | null
}

/** How far the server's clock and the page's are apart. */
export interface ClockDifference {
  /** Measures one, and remembers it. Null where what it says is no time: it is passed over. */
  readonly measure: (sentAtMs: number, nowMs: number) => Measured | null
  /** The least that anything took lately, with the newest; null: nothing was measured. */
  readonly leastMs: () => number | null
}

/**
 * Measures what was sent by the server's clock and arrived by the page's. The two clocks differ, nobody knows by how much; but the difference is in every
 * measurement, so that the smallest one lately, which has the least delay in it, is taken for it.
 */
export const createClockDifference = (): ClockDifference => {
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

  const leastMs = (): number | null => {
    const least = Math.min(recent, before)
    return least === Number.POSITIVE_INFINITY ? null : least
  }

  return {
    measure: (sentAtMs, nowMs) => {
      const tookMs = nowMs - sentAtMs
      if (!(Math.abs(tookMs) <= MOST_APART_MS)) return null
      turn(nowMs)
      const measured = { tookMs, leastMs: leastMs() }
      recent = Math.min(recent, tookMs)
      return measured
    },
    leastMs,
  }
}
