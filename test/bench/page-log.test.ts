import { describe, expect, it } from 'vitest'
import { missed, type Shown, twice, untilHearingMs, untilRightMs } from '../../bench/support/page-log'

const never = Number.POSITIVE_INFINITY

const log = (...entries: readonly [total: string, atMs: number][]): readonly Shown[] =>
  entries.map(([total, atMs]) => ({ total, atMs }))

const published = log(['A', 0], ['B', 100], ['C', 200], ['D', 300])

describe('what a page showed', () => {
  it('misses what it never showed, however late the rest was', () => {
    expect(missed(published, log(['A', 1], ['D', 9_000]))).toBe(2)
    expect(missed(published, published)).toBe(0)
  })

  it('has been shown twice for each time after the first', () => {
    expect(twice(log(['A', 1], ['B', 2], ['A', 3], ['A', 4]))).toBe(2)
    expect(twice(published)).toBe(0)
  })
})

describe('the time until a page hears', () => {
  it('ends with the first change after that moment, whichever it is', () => {
    expect(untilHearingMs(log(['A', 1], ['B', 260], ['C', 270]), 250)).toBe(10)
  })

  it('is endless when nothing comes any more', () => {
    expect(untilHearingMs(log(['A', 1]), 250)).toBe(never)
    expect(untilHearingMs([], 250)).toBe(never)
  })
})

describe('the time until a page is right', () => {
  it('ends when it shows what was published last by then', () => {
    expect(untilRightMs(published, log(['A', 1], ['C', 260], ['D', 310]), 250)).toBe(10)
  })

  it('is not ended by an older change that arrives late', () => {
    expect(untilRightMs(published, log(['A', 1], ['B', 260], ['C', 320], ['D', 330]), 250)).toBe(80)
  })

  it('is none when it was right already', () => {
    expect(untilRightMs(published, log(['C', 210]), 250)).toBe(0)
  })

  it('is endless when the last change never comes', () => {
    expect(untilRightMs(published, log(['C', 210]), 300)).toBe(never)
  })
})
