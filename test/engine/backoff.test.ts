import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fullJitterMs } from '../../src/engine/backoff'

const backOff = { baseMs: 1_000, capMs: 30_000 }

describe('a back-off', () => {
  it.each([
    { attempt: 0, boundMs: 1_000 },
    { attempt: 1, boundMs: 2_000 },
    { attempt: 4, boundMs: 16_000 },
    { attempt: 5, boundMs: 30_000 },
    { attempt: 1_000, boundMs: 30_000 },
    { attempt: Number.MAX_SAFE_INTEGER, boundMs: 30_000 },
  ])('spreads attempt $attempt over $boundMs ms, from nothing on', ({ attempt, boundMs }) => {
    expect(fullJitterMs(backOff, attempt, 0)).toBe(0)
    expect(fullJitterMs(backOff, attempt, 0.5)).toBe(boundMs / 2)
    expect(fullJitterMs(backOff, attempt, 1)).toBe(boundMs)
  })

  it('without a base is no delay, however often', () => {
    expect(fullJitterMs({ baseMs: 0, capMs: 30_000 }, 5_000, 0.5)).toBe(0)
  })

  it('stays between 0 and the cap, and never bounds a later attempt lower', () => {
    const ms = fc.integer({ min: 0, max: 10_000_000 })
    fc.assert(
      fc.property(ms, ms, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (baseMs, capMs, attempt, random) => {
        const delayMs = fullJitterMs({ baseMs, capMs }, attempt, random)
        expect(delayMs).toBeGreaterThanOrEqual(0)
        expect(delayMs).toBeLessThanOrEqual(capMs)
        expect(fullJitterMs({ baseMs, capMs }, attempt + 1, random)).toBeGreaterThanOrEqual(delayMs)
      }),
    )
  })
})
