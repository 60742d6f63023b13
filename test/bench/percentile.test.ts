import { describe, expect, it } from 'vitest'
import { median, percentile } from '../../bench/support/percentile'

const never = Number.POSITIVE_INFINITY

describe('a percentile', () => {
  it.each([
    [0, 1],
    [0.25, 2],
    [0.5, 3],
    [0.9, 4.6],
    [1, 5],
  ])('at %d of 1 to 5, in any order, is %d', (share, value) => {
    expect(percentile([4, 2, 5, 1, 3], share)).toBeCloseTo(value, 10)
  })

  it('of one value is that value, wherever it is asked for', () => {
    expect([0, 0.3, 1].map((share) => percentile([7], share))).toEqual([7, 7, 7])
  })

  it('of no values is null', () => {
    expect(percentile([], 0.5)).toBeNull()
  })

  it('does not sort what it was given', () => {
    const values = [10, 9, 1]
    percentile(values, 0.5)
    expect(values).toEqual([10, 9, 1])
  })
})

describe('a median', () => {
  it('of an even number is the mean of the two in the middle', () => {
    expect(median([1, 2, 10, 4])).toBe(3)
  })

  it('sorts by size, not by spelling', () => {
    expect(median([10, 9, 100])).toBe(10)
  })

  it.each([
    [[1, 2, never], 2],
    [[1, never, never], never],
    [[1, never], never],
    [[never, never], never],
  ])('counts what never happened: %j has %d', (values, value) => {
    expect(median(values)).toBe(value)
  })
})
