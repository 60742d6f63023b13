import { describe, expect, it } from 'vitest'
import { keepVigil } from '../../src/tabs/election'
import { type FakeEnvironmentOptions, fakeEnvironment } from '../support/fake-environment'

/** A vigil, with what it did and when, in milliseconds since it began. */
const vigilIn = (options: FakeEnvironmentOptions = {}) => {
  const environment = fakeEnvironment(options)
  const beganAtMs = environment.nowMs()
  const done: string[] = []
  const note = (what: string) => () => done.push(`${what} ${environment.nowMs() - beganAtMs}`)
  const vigil = keepVigil({ environment, probe: note('probe'), given: note('given') })
  const end = (): void => {
    vigil.stop()
    expect(environment.pending()).toBe(0)
  }
  return { environment, vigil, done, end }
}

describe('the watch over a leader', () => {
  it('asks for a sign of life every ten seconds while somebody looks, and is content with one', () => {
    const { environment, vigil, done, end } = vigilIn()
    for (const seconds of [10, 20, 30]) {
      environment.advance(10_000)
      expect(done.at(-1)).toBe(`probe ${seconds * 1_000}`)
      vigil.heard()
    }
    expect(done).toHaveLength(3)
    end()
  })

  it('asks every ten seconds however much the leader says, for the question says that somebody looks', () => {
    const { environment, vigil, done, end } = vigilIn()
    for (let seconds = 1; seconds <= 30; seconds += 1) {
      environment.advance(1_000)
      vigil.heard()
    }
    expect(done).toEqual(['probe 10000', 'probe 20000', 'probe 30000'])
    end()
  })

  it('gives the leader up when it was asked twice, and said nothing for two seconds each', () => {
    const { environment, done, end } = vigilIn()
    environment.advance(60_000)
    expect(done).toEqual(['probe 10000', 'probe 12000', 'given 14000'])
    end()
  })

  it('is content with a sign that comes after the second question', () => {
    const { environment, vigil, done, end } = vigilIn()
    environment.advance(13_999)
    vigil.heard()
    environment.advance(9_999)
    expect(done).toEqual(['probe 10000', 'probe 12000'])
    environment.advance(4_001)
    expect(done.slice(2)).toEqual(['probe 23999', 'probe 25999', 'given 27999'])
    end()
  })

  it('asks nothing by itself while nobody looks, nor waits for anything', () => {
    const { environment, done, end } = vigilIn({ isVisible: false })
    environment.advance(3_600_000)
    expect([done, environment.pending()]).toEqual([[], 0])
    end()
  })

  it('waits for what the leader was asked, also while nobody looks', () => {
    const { environment, vigil, done, end } = vigilIn({ isVisible: false })
    vigil.expect()
    environment.advance(60_000)
    expect(done).toEqual(['probe 2000', 'given 4000'])
    end()
  })

  it('waits no longer when more is asked meanwhile', () => {
    const { environment, vigil, done, end } = vigilIn()
    vigil.expect()
    environment.advance(1_500)
    vigil.expect()
    environment.advance(1_500)
    vigil.expect()
    environment.advance(1_500)
    expect(done).toEqual(['probe 2000', 'given 4000'])
    end()
  })

  it('begins anew when it is heard after it was given up', () => {
    const { environment, vigil, done, end } = vigilIn()
    environment.advance(14_000)
    vigil.heard()
    environment.advance(14_000)
    expect(done.slice(3)).toEqual(['probe 24000', 'probe 26000', 'given 28000'])
    end()
  })

  it('does nothing any more once it is over', () => {
    const { environment, vigil, done } = vigilIn()
    environment.advance(11_000)
    vigil.stop()
    environment.advance(60_000)
    expect(done).toEqual(['probe 10000'])
  })
})

describe('a timer that comes late', () => {
  const lateBy = (ms: number) => {
    const { environment, vigil, done, end } = vigilIn()
    vigil.expect()
    environment.setClock(ms)
    environment.advance(2_000)
    return { environment, vigil, done, end }
  }

  it('says that this page was held up itself: what the leader said may lie unread, and is read first', () => {
    const { environment, vigil, done, end } = lateBy(5_000)
    expect(done).toEqual([])
    environment.advance(999)
    vigil.heard()
    environment.advance(5_000)
    expect(done).toEqual([])
    end()
  })

  it('is judged a second later when nothing lay unread', () => {
    const { environment, done, end } = lateBy(5_000)
    environment.advance(1_000)
    expect(done).toEqual(['probe 8000'])
    environment.advance(2_000)
    expect(done).toEqual(['probe 8000', 'given 10000'])
    end()
  })

  it.each([1_000, -60_000])('by %d ms says nothing', (byMs) => {
    const { done, end } = lateBy(byMs)
    expect(done).toEqual([`probe ${2_000 + byMs}`])
    end()
  })
})
