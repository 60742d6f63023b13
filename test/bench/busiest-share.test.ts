import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { busiestShare } from '../../bench/support/busiest-share'

describe('the busiest share', () => {
  it.each([
    ['all at once', [5, 5, 5, 5], 1],
    ['evenly spread', [0, 100, 200, 300], 0.25],
    ['in any order', [300, 0, 310, 100], 0.5],
    ['a burst over the edge of two fixed windows', [90, 95, 105, 110, 500], 0.8],
    ['moments exactly a window apart', [0, 100], 0.5],
    ['moments just within a window', [0, 99], 1],
    ['one moment', [1_700_000_000_000], 1],
  ])('of %s', (_what, atMs, share) => {
    expect(busiestShare(atMs, 100)).toBe(share)
  })

  it('of no moments is null', () => {
    expect(busiestShare([], 100)).toBeNull()
  })

  it('is that of the fullest window that begins with one of the moments', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1 }), (atMs) => {
        const counts = atMs.map((from) => atMs.filter((at) => at >= from && at < from + 100).length)
        expect(busiestShare(atMs, 100)).toBe(Math.max(...counts) / atMs.length)
      }),
    )
  })
})
