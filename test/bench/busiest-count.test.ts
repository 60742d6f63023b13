import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { busiestCount } from '../../bench/support/busiest-count'

describe('the busiest count', () => {
  it.each([
    ['no moments', [], 0],
    ['all at once', [5, 5, 5], 3],
    ['a burst over the edge of two fixed seconds', [900, 950, 1_050, 1_100, 5_000], 4],
    ['moments exactly a second apart', [0, 1_000], 1],
    ['moments just within a second', [0, 999.999], 2],
    ['moments in any order', [3_000, 0, 3_100, 1_500], 2],
  ])('of %s', (_what, atMs, count) => {
    expect(busiestCount(atMs, 1_000)).toBe(count)
  })

  it('is that of the fullest window that begins with one of the moments', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 })), (atMs) => {
        const counts = atMs.map((from) => atMs.filter((at) => at >= from && at < from + 1_000).length)
        expect(busiestCount(atMs, 1_000)).toBe(Math.max(0, ...counts))
      }),
    )
  })
})
