import { describe, expect, it } from 'vitest'
import { createCounted } from '../../src/engine/clock'

/** Something counted, and what was done for it. */
const counted = () => {
  const done: string[] = []
  const { start, stop, isOn } = createCounted({
    begin: () => done.push('begin'),
    again: () => done.push('again'),
    end: () => done.push('end'),
  })
  return { start, stop, isOn, done }
}

describe('what is counted', () => {
  it('begins with the first start and ends with the last release', () => {
    const { start, isOn, done } = counted()
    const [first, second] = [start(), start()]
    first()
    expect([isOn(), done]).toEqual([true, ['begin', 'again']])
    second()
    expect([isOn(), done]).toEqual([false, ['begin', 'again', 'end']])
  })

  it('counts a release once, however often it is called', () => {
    const { start, isOn } = counted()
    const first = start()
    start()
    first()
    first()
    expect(isOn()).toBe(true)
  })

  it('ends at once when it is stopped; the releases of before then end nothing', () => {
    const { start, stop, isOn, done } = counted()
    const early = start()
    stop()
    stop()
    start()
    early()
    expect([isOn(), done]).toEqual([true, ['begin', 'end', 'begin']])
  })

  it('is off already for whoever starts it again in its end', () => {
    const done: string[] = []
    const { start, stop, isOn } = createCounted({
      begin: () => done.push('begin'),
      again: () => done.push('again'),
      end: () => {
        if (done.length === 1) start()
      },
    })
    start()
    stop()
    expect([isOn(), done]).toEqual([true, ['begin', 'begin']])
  })
})
