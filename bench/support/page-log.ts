/** A total that was published, or shown, and when. No two changes of a run have the same total. */
export interface Shown {
  readonly total: string
  readonly atMs: number
}

/** How many of the published totals a page never showed. */
export const missed = (published: readonly Shown[], heard: readonly Shown[]): number => {
  const totals = new Set(heard.map(({ total }) => total))
  return published.filter(({ total }) => !totals.has(total)).length
}

/** How many times a page showed a total that it had shown before. */
export const twice = (heard: readonly Shown[]): number => heard.length - new Set(heard.map(({ total }) => total)).size

/** How long after a moment a page first heard anything; `Infinity` for never. In order of time. */
export const untilHearingMs = (heard: readonly Shown[], fromMs: number): number => {
  const first = heard.find(({ atMs }) => atMs >= fromMs)
  return first ? first.atMs - fromMs : Number.POSITIVE_INFINITY
}

/** How long after a moment a page first showed what was published last; `Infinity` for never. Both in order of time. */
export const untilRightMs = (published: readonly Shown[], heard: readonly Shown[], fromMs: number): number => {
  const isRightAt = (atMs: number): boolean => lastTotal(heard, atMs) === lastTotal(published, atMs)
  if (isRightAt(fromMs)) return 0
  const right = heard.find(({ atMs }) => atMs >= fromMs && isRightAt(atMs))
  return right ? right.atMs - fromMs : Number.POSITIVE_INFINITY
}

const lastTotal = (log: readonly Shown[], atMs: number): string | undefined =>
  log.filter((shown) => shown.atMs <= atMs).at(-1)?.total
