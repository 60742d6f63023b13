import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { createWaiters } from '../../src/engine/session'

const error = (words: string): CartEchoError => new CartEchoError('check-failed', words)

/** Waiters whose ends are written down. */
const waitersWithEnds = () => {
  const waiters = createWaiters()
  const ends: string[] = []
  const add = (name: string, asks: number): void => {
    waiters.add(asks).then(
      () => ends.push(`${name}: satisfied`),
      (cause: CartEchoError) => ends.push(`${name}: ${cause.message}`),
    )
  }
  const ended = async (): Promise<string[]> => {
    await new Promise((resolve) => setTimeout(resolve, 0))
    return ends
  }
  return { ...waiters, add, ended }
}

describe('whoever waits', () => {
  it('is satisfied by an ask that began after they came, not by one that was under way', async () => {
    const { add, satisfy, ended, isEmpty } = waitersWithEnds()
    add('early', 0)
    add('late', 1)
    satisfy(1)
    expect(await ended()).toEqual(['early: satisfied'])
    expect(isEmpty()).toBe(false)
    satisfy(2)
    expect(await ended()).toEqual(['early: satisfied', 'late: satisfied'])
    expect(isEmpty()).toBe(true)
  })

  it('hears of the failure of such an ask only', async () => {
    const { add, fail, ended } = waitersWithEnds()
    add('early', 0)
    add('late', 1)
    fail(1, error('no answer'))
    expect(await ended()).toEqual(['early: no answer'])
    fail(2, error('none again'))
    expect(await ended()).toEqual(['early: no answer', 'late: none again'])
  })

  it('is satisfied by a later ask, too', async () => {
    const { add, satisfy, ended } = waitersWithEnds()
    add('one', 0)
    satisfy(9)
    expect(await ended()).toEqual(['one: satisfied'])
  })

  it('is disappointed for good by the third answer that settles nothing', async () => {
    const { add, disappoint, ended } = waitersWithEnds()
    add('patient', 0)
    disappoint(error('lags'))
    disappoint(error('lags'))
    add('new', 2)
    expect(await ended()).toEqual([])
    disappoint(error('lags still'))
    expect(await ended()).toEqual(['patient: lags still'])
    disappoint(error('x'))
    disappoint(error('x'))
    expect(await ended()).toEqual(['patient: lags still', 'new: x'])
  })

  it('is let go when nobody will answer any more', async () => {
    const { add, end, ended, isEmpty } = waitersWithEnds()
    add('one', 0)
    add('two', 5)
    end(error('over'))
    expect(isEmpty()).toBe(true)
    expect(await ended()).toEqual(['one: over', 'two: over'])
  })

  it('hears one end only', async () => {
    const { add, end, fail, satisfy, ended } = waitersWithEnds()
    add('one', 0)
    satisfy(1)
    fail(1, error('x'))
    end(error('y'))
    expect(await ended()).toEqual(['one: satisfied'])
  })
})
