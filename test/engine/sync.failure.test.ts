import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NoAnswer } from '../../src/engine/answer'
import { type Failure, nextFailure } from '../../src/engine/sync/failure'
import { noAnswer } from '../support/no-answer'

type NotAnswered = Exclude<NoAnswer, { name: 'session-over' }>

const failing = (name: NotAnswered['name'], status: number, more: Partial<NoAnswer> = {}) =>
  noAnswer(name, status, { detail: 'What came.', ...more }) as NotAnswered
const failed = (status: number) => failing('check-failed', status)
const busy = (retryAfterMs: number, status = 503) => failing('check-busy', status, { retryAfterMs })
const blocked = failing('blocked', 200)
const refused = failing('check-refused', 423)
const notThere = (status = 404) => failing('misconfigured', status)

const NOW_MS = 1_000_000
const world = (random: number) => ({ nowMs: () => NOW_MS, random: () => random })

/** What failed after all that, one after the other. */
const failureAfter = (first: NotAnswered, ...meanings: readonly NotAnswered[]): Failure =>
  meanings.reduce((before, meaning) => nextFailure(before, meaning, world(1)), nextFailure(null, first, world(1)))

/** How long it is left alone then, with that chance. */
const waitMs = (before: readonly NotAnswered[], meaning: NotAnswered, random: number): number => {
  const [first, ...others] = before
  const known = first ? failureAfter(first, ...others) : null
  return nextFailure(known, meaning, world(random)).notBeforeMs - NOW_MS
}

const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value)

describe('a check that does not answer', () => {
  it.each<[string, NotAnswered, string, number]>([
    ['failed', failed(500), 'check-failed', 500],
    ['got no answer', failed(0), 'check-failed', 0],
    ['is busy', busy(0, 429), 'check-busy', 429],
    ['is blocked', blocked, 'blocked', 200],
    ['is refused', refused, 'check-refused', 423],
    ['is not there', notThere(), 'check-refused', 404],
  ])('says in its error that it %s, and how', (_what, meaning, reason, status) => {
    const failure = failureAfter(meaning)
    expect(failure.fact).toMatchObject({ name: 'delayed', reason, error: { code: reason, status } })
    expect(failure.fact.error.message).toContain(meaning.detail)
  })

  it('has one error for one trouble, however often it is met, and another for another', () => {
    const moment = world(0)
    const first = failureAfter(failed(500))
    const again = nextFailure(first, failed(500), moment)
    expect(again.fact.error).toBe(first.fact.error)
    expect(nextFailure(again, failed(502), moment).fact.error).not.toBe(first.fact.error)
    expect(nextFailure(null, failed(500), moment).fact.error).not.toBe(first.fact.error)
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
    const mixed = [failed(502), failed(504), busy(0), failed(0), failed(500)]
    expect(waitMs(mixed, failed(502), 1)).toBe(60_500)
  })

  it('begins anew where it is blocked after failures: a captive portal is soon passed', () => {
    expect(waitMs(times(9, failed(0)), blocked, 1)).toBe(10_000)
    expect(waitMs(times(9, blocked), failed(500), 1)).toBe(2_500)
  })

  it('is never less than the server asked for, and more each time', () => {
    const meaning = fc.oneof(
      fc.constantFrom(failed(500), failed(0), blocked, refused),
      fc.nat(3_600_000).map((ms) => busy(ms)),
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
})

describe('an address where nobody answers', () => {
  it.each([404, 405, 410])('is believed the third time in a row: %i', (status) => {
    expect(failureAfter(notThere(status), notThere(status)).fact.name).toBe('delayed')
    const third = failureAfter(notThere(status), notThere(status), notThere(status))
    expect(third).toMatchObject({
      fact: { name: 'refused', error: { code: 'misconfigured', status } },
      notBeforeMs: Infinity,
    })
  })

  it('is not believed when something else comes between, as in a deploy, nor for failures before it', () => {
    for (const between of [failed(502), busy(0), blocked]) {
      expect(failureAfter(notThere(), notThere(), between, notThere(), notThere()).fact.name).toBe('delayed')
    }
    expect(failureAfter(failed(500), ...times(9, failed(500)), notThere(), notThere()).fact.name).toBe('delayed')
    expect(failureAfter(refused, ...times(9, refused), notThere(), notThere()).fact.name).toBe('delayed')
  })
})
