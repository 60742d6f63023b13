import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BackOff, backOffMs } from '../../src/engine/backoff'

const ladder: BackOff = { baseMs: 1_000, capMs: 30_000, leastMs: 500, jitter: 'full' }

describe('a back-off', () => {
  it.each([
    { attempt: 0, boundMs: 1_000 },
    { attempt: 1, boundMs: 2_000 },
    { attempt: 4, boundMs: 16_000 },
    { attempt: 5, boundMs: 30_000 },
    { attempt: 1_000, boundMs: 30_000 },
    { attempt: Number.MAX_SAFE_INTEGER, boundMs: 30_000 },
  ])(
    'spreads attempt $attempt over $boundMs ms, from the least on, or over the second half of it',
    ({ attempt, boundMs }) => {
      const delaysMs = (back: BackOff) => [0, 0.5, 1].map((random) => backOffMs(back, attempt, random))
      expect(delaysMs(ladder)).toEqual([500, 500 + boundMs / 2, 500 + boundMs])
      const equal: BackOff = { ...ladder, leastMs: 0, jitter: 'equal' }
      expect(delaysMs(equal)).toEqual([boundMs / 2, boundMs * 0.75, boundMs])
    },
  )

  it('stays between the least and the cap, and never bounds a later attempt lower', () => {
    const ms = fc.integer({ min: 0, max: 10_000_000 })
    fc.assert(
      fc.property(ms, ms, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (baseMs, capMs, attempt, random) => {
        const back: BackOff = { ...ladder, baseMs, capMs }
        const delayMs = backOffMs(back, attempt, random)
        expect(delayMs).toBeGreaterThanOrEqual(500)
        expect(delayMs).toBeLessThanOrEqual(500 + capMs)
        expect(backOffMs(back, attempt + 1, random)).toBeGreaterThanOrEqual(delayMs)
      }),
    )
  })
})
