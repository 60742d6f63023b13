import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auditInMs, intervalMs, pollInMs } from '../../../src/engine/sync/feed'

const DAY_MS = 86_400_000

describe('an interval', () => {
  it.each<[string, number | undefined, number, number]>([
    ['is the one known where the server gives none', undefined, 30_000, 30_000],
    ["is the server's where it gives one", 60_000, 30_000, 60_000],
    ['may be shorter than the one known', 5_000, 30_000, 5_000],
    ['may be a second', 1_000, 30_000, 1_000],
    ['is at most a day', 10 * DAY_MS, 30_000, DAY_MS],
    ['stays as known where the server says seconds by mistake', 30, 45_000, 45_000],
    ['stays as known where the server says 0', 0, 45_000, 45_000],
    ['is at least a second where it is the page that says less', undefined, 10, 1_000],
    ['is at most a day where it is the page that says more', undefined, 10 * DAY_MS, DAY_MS],
  ])('%s', (_what, given, known, expected) => {
    expect(intervalMs(given, known)).toBe(expected)
  })

  it('is never, whatever the server says, where the page has switched it off', () => {
    expect(intervalMs(undefined, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
    expect(intervalMs(5_000, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
  })

  it('is from a second to a day, whatever is said', () => {
    const ms = fc.double({ min: 0, max: 1e12, noNaN: true })
    fc.assert(
      fc.property(fc.option(ms, { nil: undefined }), ms, (given, known) => {
        const interval = intervalMs(given, known)
        expect(interval).toBeGreaterThanOrEqual(1_000)
        expect(interval).toBeLessThanOrEqual(DAY_MS)
      }),
    )
  })
})

describe('the next poll', () => {
  it.each([
    [0, 30_000],
    [0.5, 33_750],
    [1, 37_500],
  ])('is never sooner than the interval, and up to a quarter later: by chance %d in %d ms', (random, expected) => {
    expect(pollInMs(30_000, random)).toBe(expected)
  })
})

describe('the next audit', () => {
  it.each([
    [0, 150_000],
    [0.5, 225_000],
    [1, 300_000],
  ])('is in the second half of the interval: by chance %d in %d ms', (random, expected) => {
    expect(auditInMs(300_000, random)).toBe(expected)
  })
})
