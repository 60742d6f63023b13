/** How fast to try again: the first delay's bound, doubled with each try, up to a cap. */
export interface BackOff {
  readonly baseMs: number
  readonly capMs: number
}

/**
 * A delay with full jitter: anything from 0 to the bound of this attempt, so that clients which failed together do not
 * come back together. `attempt` counts from 0; `random` is from 0 to 1.
 */
export const fullJitterMs = ({ baseMs, capMs }: BackOff, attempt: number, random: number): number =>
  random * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30))

const LONGEST_MS = 3_600_000

// Some engines take a mere number for a date, such as 1.5 for a day in January.
const dateOf = (text: string): number => (/[a-z]/i.test(text) ? Date.parse(text) : Number.NaN)

/**
 * Reads `Retry-After` in milliseconds, from 0 to one hour: seconds, or a date less the response's own `Date`, because the
 * clocks of page and server may be hours apart. Null for none, or one that cannot be read. Never throws.
 * Source: RFC 9110, section 10.2.3.
 */
export const readRetryAfterMs = (retryAfter: string | null, date: string | null): number | null => {
  if (retryAfter === null || retryAfter.trim() === '') return null
  const isSeconds = /^\s*\d+(\.\d+)?\s*$/.test(retryAfter)
  const ms = isSeconds ? Math.ceil(Number(retryAfter) * 1_000) : dateOf(retryAfter) - dateOf(date ?? '')
  return Number.isNaN(ms) ? null : Math.min(LONGEST_MS, Math.max(0, ms))
}
