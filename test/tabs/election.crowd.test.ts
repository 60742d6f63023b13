import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PageSignal } from '../../src/engine/environment'
import { createCrowd } from '../../src/tabs/election'
import { type FakeEnvironmentOptions, fakeEnvironment } from '../support/fake-environment'

/** The crowd of a leader, with the signals that its audience gave. */
const crowdIn = (options: FakeEnvironmentOptions = {}) => {
  const environment = fakeEnvironment(options)
  const crowd = createCrowd(environment)
  const signals: PageSignal[] = []
  crowd.audience.watchPage((signal) => signals.push(signal))
  const end = (): void => {
    crowd.stop()
    expect([environment.pending(), environment.watching()]).toEqual([0, 0])
  }
  return { environment, crowd, signals, end }
}

const hidden = { isVisible: false }

describe('the crowd before any tab spoke', () => {
  it.each<PageSignal>(['visible', 'online', 'offline', 'navigated', 'activated', 'hidden'])(
    'is what the leader’s own page is: it says %s',
    (signal) => {
      const { environment, crowd, signals, end } = crowdIn()
      environment.signal(signal)
      expect([signals, crowd.audience.isVisible()]).toEqual([[signal], signal !== 'hidden'])
      end()
    },
  )
})

describe('the tabs of a shopper', () => {
  it('are looked at when one of them is', () => {
    const { crowd, signals, end } = crowdIn(hidden)
    expect(crowd.audience.isVisible()).toBe(false)
    crowd.hear('b', true, null)
    expect([crowd.audience.isVisible(), signals]).toEqual([true, ['visible']])
    end()
  })

  it('are hidden when none of them is looked at, and not before', () => {
    const { environment, crowd, signals, end } = crowdIn()
    crowd.hear('b', true, null)
    environment.signal('hidden')
    expect([crowd.audience.isVisible(), signals]).toEqual([true, []])
    crowd.hear('c', true, null)
    crowd.hear('b', false, null)
    expect(signals).toEqual([])
    crowd.hear('c', false, null)
    expect([crowd.audience.isVisible(), signals]).toEqual([false, ['hidden']])
    end()
  })

  it('are looked at while the leader’s own page is, whatever the others say', () => {
    const { crowd, signals, end } = crowdIn()
    crowd.hear('b', false, null)
    crowd.hear('b', true, null)
    crowd.hear('b', false, null)
    expect([crowd.audience.isVisible(), signals]).toEqual([true, []])
    end()
  })

  it('are looked at anew whenever somebody turns to one of them', () => {
    const { crowd, signals, end } = crowdIn()
    crowd.hear('b', true, 'visible')
    crowd.hear('b', true, 'navigated')
    crowd.hear('b', true, null)
    expect(signals).toEqual(['visible', 'navigated'])
    end()
  })

  it('are not hidden twice', () => {
    const { crowd, signals, end } = crowdIn(hidden)
    crowd.hear('b', false, null)
    crowd.hear('c', true, null)
    crowd.hear('c', false, null)
    crowd.hear('c', false, null)
    expect(signals).toEqual(['visible', 'hidden'])
    end()
  })
})

describe('a tab that does not say any more that it is looked at', () => {
  it('is believed for a minute after it said so last', () => {
    const { environment, crowd, signals, end } = crowdIn(hidden)
    crowd.hear('b', true, null)
    environment.advance(50_000)
    crowd.hear('b', true, null)
    environment.advance(59_999)
    expect(crowd.audience.isVisible()).toBe(true)
    environment.advance(1)
    expect([crowd.audience.isVisible(), signals]).toEqual([false, ['visible', 'hidden']])
    end()
  })

  it('is forgotten each at its time, however they spoke in turn', () => {
    const { environment, crowd, signals, end } = crowdIn(hidden)
    crowd.hear('b', true, null)
    environment.advance(20_000)
    crowd.hear('c', true, null)
    environment.advance(20_000)
    crowd.hear('b', true, null)
    environment.advance(59_999)
    expect(signals).toEqual(['visible'])
    environment.advance(1)
    expect(signals).toEqual(['visible', 'hidden'])
    end()
  })

  it('is forgotten also when it spoke after one that spoke again', () => {
    const { environment, crowd, signals, end } = crowdIn(hidden)
    crowd.hear('b', true, null)
    environment.advance(20_000)
    crowd.hear('c', true, null)
    environment.advance(20_000)
    crowd.hear('b', true, null)
    environment.advance(40_000)
    crowd.hear('b', false, null)
    expect([crowd.audience.isVisible(), signals]).toEqual([false, ['visible', 'hidden']])
    end()
  })

  it.each([120_000, -120_000])('is forgotten when the clock was set by %d ms, for nobody knows', (byMs) => {
    const { environment, crowd, signals, end } = crowdIn(hidden)
    crowd.hear('b', true, null)
    environment.setClock(byMs)
    crowd.hear('c', true, null)
    crowd.hear('c', false, null)
    expect(signals.at(-1)).toBe('hidden')
    end()
  })
})

describe('who listens to the crowd', () => {
  it('may leave while it is told, and so may the others', () => {
    const { environment, crowd, end } = crowdIn()
    const heard: string[] = []
    const leaves = ['first', 'second'].map((name) =>
      crowd.audience.watchPage(() => {
        heard.push(name)
        for (const leave of leaves) leave()
      }),
    )
    environment.signal('online')
    environment.signal('online')
    expect(heard).toEqual(['first'])
    end()
  })

  it('may stop it while it is told', () => {
    for (const last of ['b', 'c']) {
      const { environment, crowd } = crowdIn(hidden)
      crowd.hear('b', true, null)
      crowd.hear('c', true, null)
      crowd.audience.watchPage(() => crowd.stop())
      crowd.hear(last, false, null)
      environment.advance(120_000)
      expect([environment.pending(), environment.watching()]).toEqual([0, 0])
    }
  })
})

it('whatever tabs say, the last signal of looking is what is true, and only changes are told', () => {
  const step = fc.oneof(
    fc.record({ tab: fc.constantFrom('b', 'c'), isVisible: fc.boolean() }),
    fc.record({ own: fc.constantFrom<PageSignal>('visible', 'hidden') }),
    fc.record({ waitMs: fc.constantFrom(1, 30_000, 70_000) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { environment, crowd, signals, end } = crowdIn()
      const said = new Map<string, number>()
      for (const next of steps) {
        if ('waitMs' in next) environment.advance(next.waitMs)
        else if ('own' in next) environment.signal(next.own)
        else {
          crowd.hear(next.tab, next.isVisible, null)
          if (next.isVisible) said.set(next.tab, environment.nowMs())
          else said.delete(next.tab)
        }
        const isLookedAt = [...said.values()].some((atMs) => environment.nowMs() - atMs < 60_000)
        expect(crowd.audience.isVisible()).toBe(environment.isVisible() || isLookedAt)
        expect(signals.at(-1) !== 'hidden').toBe(crowd.audience.isVisible())
      }
      end()
    }),
  )
})
