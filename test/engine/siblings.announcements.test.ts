import { describe, expect, it } from 'vitest'
import { createSiblings } from '../../src/engine/siblings'
import { fakeEnvironment } from '../support/fake-environment'

/** A tab's announcements, with when each was told, in milliseconds since it began. */
const announcing = () => {
  const environment = fakeEnvironment()
  const beganAtMs = environment.nowMs()
  const told: number[] = []
  let isReading = false
  const { changedHere, changedThere, caughtUp, stop } = createSiblings(
    environment,
    () => isReading,
    () => told.push(environment.nowMs() - beganAtMs),
  )
  return {
    announce: changedHere,
    heard: changedThere,
    stop,
    environment,
    told,
    read: (reads: boolean) => {
      isReading = reads
      if (!reads) caughtUp()
    },
    end: () => {
      stop()
      expect(environment.pending()).toBe(0)
    },
  }
}

describe('what a tab has changed', () => {
  it('is told at once, and once more for all that follow within half a second', () => {
    const { announce, environment, told, end } = announcing()
    announce()
    environment.advance(100)
    announce()
    announce()
    environment.advance(399)
    expect(told).toEqual([0])
    environment.advance(10_000)
    expect(told).toEqual([0, 500])
    end()
  })

  it('is told before the end when it was not yet, and once only', () => {
    const { announce, stop, environment, told } = announcing()
    announce()
    announce()
    environment.advance(100)
    stop()
    stop()
    environment.advance(10_000)
    expect([told, environment.pending()]).toEqual([[0, 100], 0])
  })

  it('is told again after the end', () => {
    const { announce, heard, stop, told, end } = announcing()
    announce()
    heard()
    stop()
    announce()
    expect(told).toEqual([0, 0])
    end()
  })
})

describe('what another tab has changed', () => {
  it('is announced by nobody else for a second', () => {
    const { announce, heard, environment, told, end } = announcing()
    heard()
    announce()
    environment.advance(999)
    announce()
    expect(told).toEqual([])
    environment.advance(1)
    announce()
    expect(told).toEqual([1_000])
    end()
  })

  it('is announced by nobody else while the cart is read anew, and for a second after', () => {
    const { announce, heard, read, environment, told, end } = announcing()
    heard()
    environment.advance(250)
    read(true)
    environment.advance(20_000)
    announce()
    read(false)
    environment.advance(999)
    announce()
    expect(told).toEqual([])
    environment.advance(1)
    announce()
    expect(told).toEqual([21_250])
    end()
  })

  it('is one thing, and what this tab reads later for reasons of its own is another', () => {
    const { announce, heard, read, environment, told, end } = announcing()
    heard()
    read(true)
    read(false)
    environment.advance(60_000)
    read(true)
    announce()
    read(false)
    announce()
    environment.advance(500)
    expect(told).toEqual([60_000, 60_500])
    end()
  })

  it('does not silence what waits to be told already', () => {
    const { announce, heard, environment, told, end } = announcing()
    announce()
    announce()
    heard()
    environment.advance(500)
    expect(told).toEqual([0, 500])
    end()
  })

  it('does not silence this tab when the clock was put back', () => {
    const { announce, heard, environment, told, end } = announcing()
    heard()
    environment.setClock(-3_600_000)
    announce()
    expect(told).toHaveLength(1)
    end()
  })
})
