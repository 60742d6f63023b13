import { describe, expect, it } from 'vitest'
import { withPageClock } from '../../src/engine/clock'
import type { PageSignal } from '../../src/engine/environment'
import { fakeEnvironment } from '../support/fake-environment'

const HOUR_MS = 3_600_000
const TICK_MS = 15_000

const watch = (isVisible = true) => {
  const environment = fakeEnvironment({ isVisible })
  const page = withPageClock(environment)
  const heard: PageSignal[] = []
  const stop = page.watchPage((signal) => heard.push(signal))
  return {
    environment,
    page,
    heard,
    stop,
    woken: () => heard.filter((signal) => signal === 'woke').length,
    ticks: () => heard.filter((signal) => signal === 'tick').length,
  }
}

describe('the clock of a page', () => {
  it('ticks four times a minute, whoever looks, and tells of no jump while time goes by as it should', () => {
    const { environment, woken, ticks } = watch()
    environment.advance(60_000)
    expect(ticks()).toBe(4)
    environment.signal('hidden')
    environment.advance(HOUR_MS)
    expect(ticks()).toBe(244)
    expect(woken()).toBe(0)
  })

  it('is one, and so are the listeners, for all who watch; both end with the last of them', () => {
    const { environment, page, heard, stop } = watch()
    const others = [0, 1, 2].map(() => page.watchPage(() => undefined))
    expect([environment.pending(), environment.watching()]).toEqual([1, 1])
    for (const end of others) end()
    environment.signal('online')
    expect(heard).toEqual(['online'])
    stop()
    stop()
    expect([environment.pending(), environment.watching()]).toEqual([0, 0])
    environment.signal('visible')
    environment.advance(HOUR_MS)
    expect(heard).toEqual(['online'])
    page.watchPage((signal) => heard.push(signal))
    environment.signal('offline')
    expect(heard).toEqual(['online', 'offline'])
  })

  it('tells within 15 s that the machine slept, once', () => {
    const { environment, woken } = watch()
    environment.advance(60_000)
    environment.setClock(HOUR_MS)
    environment.advance(TICK_MS)
    expect(woken()).toBe(1)
    environment.advance(HOUR_MS)
    expect(woken()).toBe(1)
  })

  it('takes timers that are up to 10 s late for a busy page', () => {
    const { environment, woken } = watch()
    environment.setClock(10_000)
    environment.advance(TICK_MS)
    expect(woken()).toBe(0)
    environment.setClock(10_001)
    environment.advance(TICK_MS)
    expect(woken()).toBe(1)
  })

  it('tells that it was set back, of a hidden page when it is looked at', () => {
    const { environment, woken } = watch()
    environment.setClock(-HOUR_MS)
    environment.advance(TICK_MS)
    expect(woken()).toBe(1)
    environment.signal('hidden')
    environment.setClock(-HOUR_MS)
    environment.signal('visible')
    expect(woken()).toBe(2)
    environment.advance(HOUR_MS)
    expect(woken()).toBe(2)
  })

  it('tells it also of a page that had ticked meanwhile', () => {
    const { environment, woken } = watch()
    environment.signal('hidden')
    environment.setClock(-HOUR_MS)
    environment.advance(3 * TICK_MS)
    expect(woken()).toBe(0)
    environment.signal('visible')
    expect(woken()).toBe(1)
    environment.advance(HOUR_MS)
    expect(woken()).toBe(1)
  })

  it('does not take the time it was hidden for sleep, for hidden timers are late by right', () => {
    const { environment, woken } = watch()
    environment.signal('hidden')
    environment.setClock(HOUR_MS)
    environment.advance(TICK_MS)
    environment.setClock(HOUR_MS)
    environment.signal('visible')
    environment.advance(60_000)
    expect(woken()).toBe(0)
  })

  it('begins on a hidden page, too', () => {
    const { environment, woken } = watch(false)
    environment.setClock(HOUR_MS)
    environment.signal('visible')
    environment.advance(TICK_MS)
    expect(woken()).toBe(0)
    environment.setClock(HOUR_MS)
    environment.advance(TICK_MS)
    expect(woken()).toBe(1)
  })

  it('is none where there is no page, as on a server', () => {
    const environment = fakeEnvironment({ hasPage: false })
    withPageClock(environment).watchPage(() => undefined)
    expect([environment.pending(), environment.watching()]).toEqual([0, 0])
  })

  it('is stopped by whoever it tells, and tells nobody who has left meanwhile', () => {
    const environment = fakeEnvironment()
    const page = withPageClock(environment)
    const heard: string[] = []
    const stops = [0, 1].map((index) =>
      page.watchPage((signal) => {
        heard.push(`${index} ${signal}`)
        for (const stop of stops) stop()
      }),
    )
    environment.setClock(HOUR_MS)
    environment.advance(TICK_MS)
    expect(heard).toEqual(['0 woke'])
    expect([environment.pending(), environment.watching()]).toEqual([0, 0])
  })

  it('tells the others all the same when one of them throws, and then throws that', () => {
    const { environment, page, heard } = watch()
    page.watchPage(() => {
      throw new Error('broken')
    })
    page.watchPage((signal) => heard.push(signal))
    expect(() => environment.signal('online')).toThrow('broken')
    expect(heard).toEqual(['online', 'online'])
  })
})
