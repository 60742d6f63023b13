/**
 * How many of the moments lie within one window of `windowMs` at most, wherever it begins. A window that slides: fixed ones would cut
 * a burst in two. It holds its beginning, and not its end.
 */
export const busiestCount = (atMs: readonly number[], windowMs: number): number => {
  const sorted = [...atMs].sort((a, b) => a - b)
  let first = 0
  let most = 0
  for (const [last, now] of sorted.entries()) {
    while (now - (sorted[first] ?? now) >= windowMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}
