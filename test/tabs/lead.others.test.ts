import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withPageClock } from '../../src/engine/clock'
import type { PageSignal } from '../../src/engine/environment'
import type { Look } from '../../src/tabs/bus'
import { createOthers } from '../../src/tabs/lead'
import { type FakeEnvironmentOptions, fakeEnvironment } from '../support/fake-environment'

/** The other tabs of a leader, with the signals that its audience gave. */
const othersIn = (options: FakeEnvironmentOptions = {}) => {
  const environment = fakeEnvironment(options)
  const others = createOthers(withPageClock(environment))
  const signals: PageSignal[] = []
  others.audience.watchPage((signal) => {
    if (signal !== 'tick' && signal !== 'woke') signals.push(signal)
  })
  const hear = (from: string, isVisible: boolean, look: Look | null = null): void =>
    others.hear({ name: 'hello', from, isVisible, look, leader: null })
  const end = (): void => {
    others.stop()
    expect([environment.pending(), environment.watching()]).toEqual([0, 0])
  }
  return { environment, ...others, hear, message: others.hear, signals, end }
}

const hidden = { isVisible: false }

describe('while no other tab spoke', () => {
  it.each<PageSignal>(['visible', 'online', 'offline', 'navigated', 'activated', 'hidden'])(
    'all tabs are what the leader’s own page is: it says %s',
    (signal) => {
      const { environment, audience, areThere, signals, end } = othersIn()
      environment.signal(signal)
      expect([signals, audience.isVisible(), areThere()]).toEqual([[signal], signal !== 'hidden', false])
      end()
    },
  )
})

describe('the tabs of a shopper', () => {
  it('are there from the first word until they said goodbye', () => {
    const { message, areThere, end } = othersIn()
    message({ name: 'ask', from: 'b', id: 'b:1', query: { since: null, owner: null } })
    message({ name: 'bye', from: 'c' })
    expect(areThere()).toBe(true)
    message({ name: 'bye', from: 'b' })
    expect(areThere()).toBe(false)
    end()
  })

  it('are hidden when none of them is looked at, and not before', () => {
    const { environment, hear, message, audience, signals, end } = othersIn()
    hear('b', true)
    environment.signal('hidden')
    hear('c', true)
    hear('b', false)
    message({ name: 'ask', from: 'c', id: 'c:1', query: { since: null, owner: null } })
    expect([audience.isVisible(), signals]).toEqual([true, []])
    message({ name: 'bye', from: 'c' })
    expect([audience.isVisible(), signals]).toEqual([false, ['hidden']])
    hear('b', false)
    hear('b', true)
    expect(signals).toEqual(['hidden', 'visible'])
    end()
  })

  it('are looked at anew whenever somebody turns to one of them', () => {
    const { hear, signals, end } = othersIn()
    hear('b', true, 'visible')
    hear('b', true, 'navigated')
    hear('b', true)
    expect(signals).toEqual(['visible', 'navigated'])
    end()
  })

  it.each([120_000, -120_000])('are not looked at, when the clock was set by %d ms: nobody knows', (byMs) => {
    const { environment, hear, signals, end } = othersIn(hidden)
    hear('b', true)
    environment.advance(60_000)
    environment.setClock(byMs)
    environment.advance(15_000)
    expect(signals.at(-1)).toBe('hidden')
    end()
  })
})

it('a tab that crashed is believed to be looked at for 150 s, each since it spoke last', () => {
  const { environment, hear, audience, signals, end } = othersIn(hidden)
  hear('b', true)
  environment.advance(60_000)
  hear('c', true)
  environment.advance(60_000)
  hear('b', true)
  environment.advance(149_999)
  expect([audience.isVisible(), signals]).toEqual([true, ['visible']])
  environment.advance(15_000)
  expect([audience.isVisible(), signals]).toEqual([false, ['visible', 'hidden']])
  end()
})

it('whoever listens may leave while it is told, and so may the others', () => {
  const { environment, audience, end } = othersIn()
  const heard: string[] = []
  const leaves = ['first', 'second'].map((name) =>
    audience.watchPage(() => {
      heard.push(name)
      for (const leave of leaves) leave()
    }),
  )
  environment.signal('online')
  environment.signal('online')
  expect(heard).toEqual(['first'])
  end()
})

it('whatever tabs say, the last signal of looking is what is true, and only changes are told', () => {
  const step = fc.oneof(
    fc.record({ tab: fc.constantFrom('b', 'c'), isVisible: fc.boolean() }),
    fc.record({ own: fc.constantFrom<PageSignal>('visible', 'hidden') }),
    fc.record({ waitMs: fc.constantFrom(1, 75_000, 170_000) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { environment, hear, audience, signals, end } = othersIn()
      const said = new Map<string, number>()
      for (const next of steps) {
        if ('waitMs' in next) environment.advance(next.waitMs)
        else if ('own' in next) environment.signal(next.own)
        else {
          hear(next.tab, next.isVisible)
          if (next.isVisible) said.set(next.tab, environment.nowMs())
          else said.delete(next.tab)
        }
        const isLookedAt = [...said.values()].some((atMs) => environment.nowMs() - atMs < 150_000)
        expect(audience.isVisible()).toBe(environment.isVisible() || isLookedAt)
        // That nobody is believed any more is told by the next tick.
        if (!('waitMs' in next) || next.waitMs !== 1) continue
        environment.advance(15_000)
        expect(signals.at(-1) !== 'hidden').toBe(audience.isVisible())
      }
      end()
    }),
  )
})
