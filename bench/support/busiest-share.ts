import { busiestCount } from './busiest-count'

/** The largest share of all moments that lies within one sliding window of `windowMs`; null for no moments. */
export const busiestShare = (atMs: readonly number[], windowMs: number): number | null =>
  atMs.length === 0 ? null : busiestCount(atMs, windowMs) / atMs.length
