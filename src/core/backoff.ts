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
