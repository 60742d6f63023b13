/**
 * The largest share of all moments that lies within one window of `windowMs`, wherever it begins; null for no moments. A window that
 * slides: fixed ones would cut a burst in two. It holds its beginning, and not its end.
 */
export const busiestShare = (atMs: readonly number[], windowMs: number): number | null => {
  const sorted = [...atMs].sort((a, b) => a - b)
  let first = 0
  let most = 0
  for (const [last, now] of sorted.entries()) {
    while (now - (sorted[first] ?? now) >= windowMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  return sorted.length === 0 ? null : most / sorted.length
}
