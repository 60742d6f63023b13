import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRetry } from '../../../src/connections/echo/find'
import { fakeEnvironment } from '../../support/fake-environment'

const retryWith = (random: () => number = () => 0.5) => {
  const environment = fakeEnvironment({ random })
  let tries = 0
  const retry = createRetry(environment, () => {
    tries += 1
  })
  return { ...retry, environment, tries: () => tries }
}

describe('a retry', () => {
  it('comes once, at the moment it says', () => {
    const { plan, environment, tries } = retryWith()
    const atMs = plan(0)
    expect(atMs - environment.nowMs()).toBe(1_500)
    environment.advance(1_499)
    expect(tries()).toBe(0)
    environment.advance(1)
    expect(tries()).toBe(1)
    environment.advance(3_600_000)
    expect([tries(), environment.pending()]).toEqual([1, 0])
  })

  it.each([
    [0, [500, 500, 500, 500]],
    [1, [2_500, 4_500, 8_500, 16_500]],
  ])('comes later each time, with full jitter: by chance %d after %j ms', (random, expected) => {
    const { plan, environment } = retryWith(() => random)
    const waits = expected.map(() => plan(0) - environment.nowMs())
    expect(waits).toEqual(expected)
  })

  it('comes every 5 min at the longest', () => {
    const { plan, environment } = retryWith(() => 1)
    const waits = Array.from({ length: 60 }, () => plan(0) - environment.nowMs())
    expect([Math.max(...waits), waits.at(-1)]).toEqual([300_500, 300_500])
  })

  it('is never sooner than the server asked for', () => {
    fc.assert(
      fc.property(fc.nat(3_600_000), fc.nat(20), fc.double({ min: 0, max: 1, noNaN: true }), (ms, before, random) => {
        const { plan, environment } = retryWith(() => random)
        for (let count = 0; count < before; count += 1) plan(0)
        expect(plan(ms) - environment.nowMs()).toBeGreaterThanOrEqual(ms + 500)
      }),
    )
  })

  it('planned anew takes the place of the one before', () => {
    const { plan, environment, tries } = retryWith()
    plan(0)
    plan(60_000)
    expect(environment.pending()).toBe(1)
    environment.advance(60_000)
    expect(tries()).toBe(0)
    environment.advance(3_000)
    expect(tries()).toBe(1)
  })

  it('begins anew after it went well, and drops what was planned', () => {
    const { plan, reset, environment } = retryWith(() => 1)
    for (let count = 0; count < 5; count += 1) plan(0)
    reset()
    expect(environment.pending()).toBe(0)
    expect(plan(0) - environment.nowMs()).toBe(2_500)
  })

  it('that is stopped is dropped, and remembers how often it was tried', () => {
    const { plan, stop, environment, tries } = retryWith(() => 1)
    plan(0)
    stop()
    stop()
    expect(environment.pending()).toBe(0)
    environment.advance(60_000)
    expect(tries()).toBe(0)
    expect(plan(0) - environment.nowMs()).toBe(4_500)
  })
})
