import type { Way } from '../trace/entries'

/** How long one change took from the server's clock, when it was sent, to this machine's, when it was told; both may be wrong. */
export interface Sample {
  readonly way: Way
  readonly tookMs: number
}

/** How much slower than the fastest they came, in milliseconds. */
export interface Delays {
  readonly count: number
  readonly medianMs: number
  readonly mostMs: number
}

/** Fewer changes that came live say nothing: a single one is always the fastest. */
const LEAST = 2

/** Whether so many came live, by the socket of this tab or of another, that they can be compared; what the check brings may be minutes old. */
export const areEnough = (samples: readonly Sample[]): boolean =>
  samples.filter(({ way }) => way !== 'check').length >= LEAST

/**
 * The delays of those that came live, or by the check. `offsetMs` is by how much the two clocks differ, and what the fastest change took, in one: nobody can tell
 * them apart from here. Null: none came so, or the offset is not known.
 */
export const delaysOf = (samples: readonly Sample[], offsetMs: number | null, how: 'live' | 'check'): Delays | null => {
  const delays = samples
    .filter(({ way }) => (way === 'check') === (how === 'check'))
    .map(({ tookMs }) => Math.max(0, tookMs - (offsetMs ?? 0)))
    .sort((a, b) => a - b)
  const mostMs = delays.at(-1)
  if (offsetMs === null || mostMs === undefined) return null
  return { count: delays.length, medianMs: delays[Math.floor((delays.length - 1) / 2)] ?? mostMs, mostMs }
}
