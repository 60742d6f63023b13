/**
 * So many of them, the same for the same seed, in their order.
 * @template Item
 * @param {readonly Item[]} items
 * @param {number} seed
 * @param {number} count
 * @returns {Item[]}
 */
export const sampleOf = (items, seed, count) => {
  const next = numbersFrom(seed)
  const drawn = items.map((item, place) => ({ item, place, at: next() }))
  return drawn
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

/** Mulberry32, as test/support/seeded-random.ts, which a script of Node alone cannot import. */
const numbersFrom = (/** @type {number} */ seed) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const once = Math.imul(state ^ (state >>> 15), 1 | state)
    const twice = (once + Math.imul(once ^ (once >>> 7), 61 | once)) ^ once
    return ((twice ^ (twice >>> 14)) >>> 0) / 2 ** 32
  }
}
