import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterJump, type Health, type HealthMeaning, nextHealth, well } from '../../../src/engine/sync/health'

const log: HealthMeaning = {
  name: 'log',
  answer: { since: null, owner: 'me', cursor: { epoch: 'e1', seq: 1 }, events: [], reset: false },
  policy: { enabled: true },
}
const bare: HealthMeaning = { name: 'bare', answer: { updated: false, message: null, atMs: 0 } }
const nothing: HealthMeaning = { name: 'nothing' }
const failed = (status: number): HealthMeaning => ({ name: 'failed', status, detail: 'Why.' })
const busy = (retryAfterMs: number | null, status = 503): HealthMeaning => ({ name: 'busy', status, retryAfterMs })
const blocked: HealthMeaning = { name: 'blocked', status: 200, detail: 'It is no JSON.' }
const refused: HealthMeaning = { name: 'refused', status: 423 }
const notThere = (status = 404): HealthMeaning => ({ name: 'not-there', status })

const NOW_MS = 1_000_000

/** How the check does after all that, at one moment. */
const healthAfter = (...meanings: readonly HealthMeaning[]): Health =>
  meanings.reduce<Health>((health, meaning) => nextHealth(health, meaning, { nowMs: NOW_MS, random: 1 }), well)

/** How long it is left alone then, with that chance. */
const waitMs = (before: readonly HealthMeaning[], meaning: HealthMeaning, random: number): number => {
  const health = nextHealth(healthAfter(...before), meaning, { nowMs: NOW_MS, random })
  return health.name === 'ailing' ? health.notBeforeMs - NOW_MS : 0
}

const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value)

describe('the check', () => {
  it.each<[string, HealthMeaning]>([
    ['a log server’s answer', log],
    ['a bare answer', bare],
    ['nothing', nothing],
  ])('is well by %s, whatever was before', (_what, meaning) => {
    expect(healthAfter(failed(500), busy(60_000), blocked, meaning)).toEqual({ name: 'well' })
  })

  it.each<[string, HealthMeaning, string, number]>([
    ['failed', failed(500), 'check-failed', 500],
    ['got no answer', failed(0), 'check-failed', 0],
    ['is busy', busy(null, 429), 'check-busy', 429],
    ['is blocked', blocked, 'blocked', 200],
    ['is refused', refused, 'check-refused', 423],
    ['is not there', notThere(), 'check-refused', 404],
  ])('ails when it %s, and the error says how', (_what, meaning, reason, status) => {
    const health = healthAfter(meaning)
    expect(health).toMatchObject({ name: 'ailing', reason, status, error: { code: reason, status } })
    expect('error' in health && health.error.message).toContain(`HTTP ${status}.`)
    if ('detail' in meaning) expect('error' in health && health.error.message).toContain(meaning.detail)
  })

  it('has one error for one trouble, however often it is met, and another for another', () => {
    const errorOf = (health: Health) => ('error' in health ? health.error : null)
    const first = healthAfter(failed(500))
    const moment = { nowMs: NOW_MS, random: 0 }
    const again = nextHealth(first, failed(500), moment)
    expect(errorOf(again)).toBe(errorOf(first))
    expect(errorOf(nextHealth(again, failed(502), moment))).not.toBe(errorOf(first))
    expect(errorOf(nextHealth(well, failed(500), moment))).not.toBe(errorOf(first))
  })
})

describe('how long it is left alone', () => {
  it.each([
    [0, 500, 2_500],
    [1, 500, 4_500],
    [2, 500, 8_500],
    [4, 500, 32_500],
    [5, 500, 60_500],
    [50, 500, 60_500],
  ])('after a failure and %d before it: at random from %d to %d ms', (before, from, to) => {
    const failures = times(before, failed(500))
    expect([waitMs(failures, failed(500), 0), waitMs(failures, failed(500), 1)]).toEqual([from, to])
  })

  it.each([
    [0, 5_000, 10_000],
    [1, 10_000, 20_000],
    [4, 80_000, 160_000],
    [5, 150_000, 300_000],
    [50, 150_000, 300_000],
  ])('where it is refused or blocked, %d times before: from %d to %d ms', (before, from, to) => {
    for (const meaning of [refused, blocked]) {
      const same = times(before, meaning)
      expect([waitMs(same, meaning, 0), waitMs(same, meaning, 1)]).toEqual([from, to])
    }
  })

  it('grows also where it fails in another way each time', () => {
    const mixed = [failed(502), failed(504), busy(null), failed(0), failed(500)]
    expect(waitMs(mixed, failed(502), 1)).toBe(60_500)
  })

  it('begins anew where it is blocked after failures: a captive portal is soon passed', () => {
    expect(waitMs(times(9, failed(0)), blocked, 1)).toBe(10_000)
    expect(waitMs(times(9, blocked), failed(500), 1)).toBe(2_500)
  })

  it('begins anew after it was well', () => {
    expect(waitMs([...times(9, failed(500)), log], failed(500), 1)).toBe(2_500)
  })

  it('is never less than the server asked for, and more each time', () => {
    const meaning = fc.oneof(
      fc.constantFrom(log, nothing, failed(500), failed(0), blocked, refused),
      fc.option(fc.nat(3_600_000)).map((ms) => busy(ms)),
    )
    fc.assert(
      fc.property(
        fc.array(meaning, { maxLength: 8 }),
        fc.nat(3_600_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (before, ms, random) => {
          const wait = waitMs(before, busy(ms), random)
          expect(wait).toBeGreaterThanOrEqual(ms + 500)
          expect(wait).toBeLessThanOrEqual(ms + 60_500)
        },
      ),
    )
    expect(waitMs([busy(7_000), busy(7_000)], busy(7_000), 1)).toBe(7_000 + 8_500)
  })

  it('is an hour at most where the server says so, for that is all that is read', () => {
    expect(waitMs([], busy(3_600_000), 0)).toBe(3_600_500)
  })
})

describe('an address where nobody answers', () => {
  it.each([404, 405, 410])('is believed the third time in a row: %i', (status) => {
    expect(healthAfter(notThere(status), notThere(status)).name).toBe('ailing')
    expect(healthAfter(notThere(status), notThere(status), notThere(status))).toMatchObject({
      name: 'dead',
      reason: 'misconfigured',
      error: { code: 'misconfigured', status },
    })
  })

  it('is not believed when something else comes between, as in a deploy', () => {
    for (const between of [log, failed(502), busy(null), blocked]) {
      expect(healthAfter(notThere(), notThere(), between, notThere(), notThere()).name).toBe('ailing')
    }
  })

  it('is not believed for failures before it', () => {
    expect(healthAfter(...times(9, failed(500)), notThere(), notThere()).name).toBe('ailing')
    expect(healthAfter(...times(9, refused), notThere(), notThere()).name).toBe('ailing')
  })
})

describe('after the clock may have jumped', () => {
  it('nobody waits longer than was said', () => {
    const health = healthAfter(busy(20_000))
    const back = afterJump(health, NOW_MS - 7_200_000)
    expect(back).toMatchObject({ notBeforeMs: NOW_MS - 7_200_000 + 22_500 })
  })

  it('what was said still holds where the clock went on', () => {
    const health = healthAfter(busy(20_000))
    expect(afterJump(health, NOW_MS + 5_000)).toBe(health)
    expect(afterJump(well, NOW_MS)).toBe(well)
  })
})
