import type { RateLimit } from './application'

/**
 * Counts the messages of one connection. Gives a function that is called for each and says whether it may pass. The
 * window opens with the first message and closes as a whole. Source: Laravel, `RateLimiter`.
 */
export const createRateLimit = (limit: RateLimit | null, now: () => number): (() => boolean) => {
  if (!limit) return () => true
  let [passed, endsAtMs] = [0, 0]
  return () => {
    if (now() >= endsAtMs) [passed, endsAtMs] = [0, now() + limit.perSeconds * 1_000]
    if (passed >= limit.attempts) return false
    passed += 1
    return true
  }
}
