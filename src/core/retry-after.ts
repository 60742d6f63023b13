const LONGEST_MS = 3_600_000

/**
 * Reads `Retry-After` in milliseconds, from 0 to one hour: seconds, or a date less the response's own `Date`, because the
 * clocks of page and server may be hours apart. Null for none, or one that cannot be read. Never throws.
 * Source: RFC 9110, section 10.2.3.
 */
export const readRetryAfterMs = (retryAfter: string | null, date: string | null): number | null => {
  if (retryAfter === null || retryAfter.trim() === '') return null
  const ms = /^\s*\d+\s*$/.test(retryAfter)
    ? Number(retryAfter) * 1_000
    : Date.parse(retryAfter) - Date.parse(date ?? '')
  return Number.isNaN(ms) ? null : Math.min(LONGEST_MS, Math.max(0, ms))
}
