import { describe, expect, it } from 'vitest'
import { hearBare, hearLive, nothingSpoken, type Spoken } from '../../src/engine/stream/spoken'

/** A page's memory of words, on a clock of its own: each call says whether it was news. */
const ears = () => {
  let spoken: Spoken = nothingSpoken
  let nowMs = 0
  const keep = (heard: { spoken: Spoken; isNews: boolean }): boolean => {
    spoken = heard.spoken
    return heard.isNews
  }
  return {
    check: (message: string | null, updated = true) => keep(hearBare(spoken, { updated, message, atMs: nowMs })),
    live: (message: string | null, changes = '{}') => keep(hearLive(spoken, { message, changes }, nowMs)),
    wait: (ms: number) => {
      nowMs += ms
    },
    remembered: () => spoken.said.length,
  }
}

describe('the same words', () => {
  it('answer for one another once: said again by the same side they are another change', () => {
    const { check, live } = ears()
    expect(check('Sale over')).toBe(true)
    expect(live('Sale over')).toBe(false)
    expect(live('Sale over')).toBe(true)
  })

  it('twice by broadcasts are two changes, and each may be told once more by the check', () => {
    const { check, live } = ears()
    expect([live('Sale over'), live('Sale over')]).toEqual([true, true])
    expect(check('Sale over')).toBe(false)
  })

  it('by the check in a row are one notice', () => {
    const { check, wait } = ears()
    expect(check('Sale over')).toBe(true)
    wait(30_000)
    expect(check('Sale over')).toBe(false)
    wait(30_000)
    expect(check('Sale over')).toBe(false)
  })

  it('by the check in a row are one notice also when a broadcast was first', () => {
    const { check, live, wait } = ears()
    live('Sale over')
    expect(check('Sale over')).toBe(false)
    wait(30_000)
    expect(check('Sale over')).toBe(false)
  })

  it('by the check once more do not stand for a broadcast that comes then: that is another change', () => {
    const { check, live, wait } = ears()
    check('Sale over')
    wait(30_000)
    expect(check('Sale over')).toBe(false)
    wait(1_000)
    expect(live('Sale over')).toBe(true)
  })

  it('by the check are news again after it said that nothing was new', () => {
    const { check, wait } = ears()
    check('Sale over')
    wait(30_000)
    expect(check(null, false)).toBe(false)
    wait(30_000)
    expect(check('Sale over')).toBe(true)
  })

  it('by the check are news again after other words', () => {
    const { check } = ears()
    expect([check('Sale over'), check('Gift removed'), check('Sale over')]).toEqual([true, true, true])
  })

  it('may be none: null is compared like any other message', () => {
    const { check, live } = ears()
    expect([live(null), check(null), check(null)]).toEqual([true, false, false])
  })
})

describe('other words', () => {
  it('are other news, at once', () => {
    const { check, live } = ears()
    expect([live('Sale over'), check('Gift removed'), live('Coupon added')]).toEqual([true, true, true])
  })

  it('do not make a broadcast forgotten that was before them', () => {
    const { check, live, wait } = ears()
    live('Sale over', '{"a":1}')
    live('Price changed')
    live('Sold out')
    wait(11_000)
    check('Sale over')
    expect(live('Sale over', '{"a":2}')).toBe(true)
  })

  it('and other changes after a broadcast of the same words are news, whatever the check said meanwhile', () => {
    const { check, live, wait } = ears()
    live('Sale over', '1')
    wait(11_000)
    expect(check('Sale over')).toBe(true)
    expect([live('Sale over', '2'), live('Sale over', '2')]).toEqual([true, true])
  })
})

describe('the memory of words', () => {
  it('holds what may still mean the same, and 20 at most', () => {
    const { live, wait, remembered } = ears()
    for (let count = 0; count < 50; count += 1) live(`change ${count}`)
    expect(remembered()).toBe(20)
    wait(10_000)
    live('one more')
    expect(remembered()).toBe(1)
  })

  it('learns nothing from an answer that says nothing is new', () => {
    const { check, live } = ears()
    check('Sale over', false)
    expect(live('Sale over')).toBe(true)
  })
})
