/**
 * The value below which a share (0 to 1) of the values lies, between neighbours in proportion; null for no values. `Infinity` is a
 * value like any other: what never happened.
 */
export const percentile = (values: readonly number[], share: number): number | null => {
  const sorted = [...values].sort((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) return null
  // Nothing times infinity is no number.
  return below === above ? below : below + (above - below) * (place - Math.floor(place))
}

/** The value in the middle, of two the mean; null for no values. */
export const median = (values: readonly number[]): number | null => percentile(values, 0.5)
