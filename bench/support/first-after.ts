/** What a shopper's page did, and when. */
export interface ShoppersMoment {
  readonly shopper: string
  readonly atMs: number
}

/** When each shopper first did the one after the other. Both in order of time; who never did is left out. */
export const firstAfter = (other: readonly ShoppersMoment[], one: readonly ShoppersMoment[]): readonly number[] => {
  const fromMs = new Map([...other].reverse().map(({ shopper, atMs }) => [shopper, atMs]))
  const first = one.filter(({ shopper, atMs }) => {
    const isFirst = atMs >= (fromMs.get(shopper) ?? Number.POSITIVE_INFINITY)
    if (isFirst) fromMs.delete(shopper)
    return isFirst
  })
  return first.map(({ atMs }) => atMs)
}
