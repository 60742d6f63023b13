import { describe, expect, it } from 'vitest'
import { watchWake } from '../../src/engine/clock'
import { fakeEnvironment } from '../support/fake-environment'

const HOUR_MS = 3_600_000

const watch = (isVisible = true) => {
  const environment = fakeEnvironment({ isVisible })
  let woken = 0
  const stop = watchWake(environment, () => {
    woken += 1
  })
  return { environment, woken: () => woken, stop }
}

describe('whoever watches for jumps of the clock', () => {
  it('hears of none while time goes by as it should', () => {
    const { environment, woken } = watch()
    environment.advance(HOUR_MS)
    expect(woken()).toBe(0)
  })

  it('hears within 5 s that the machine slept', () => {
    const { environment, woken } = watch()
    environment.advance(60_000)
    environment.setClock(HOUR_MS)
    environment.advance(5_000)
    expect(woken()).toBe(1)
    environment.advance(HOUR_MS)
    expect(woken()).toBe(1)
  })

  it('takes timers that are up to 10 s late for a busy page', () => {
    const { environment, woken } = watch()
    environment.setClock(10_000)
    environment.advance(5_000)
    expect(woken()).toBe(0)
    environment.setClock(10_001)
    environment.advance(5_000)
    expect(woken()).toBe(1)
  })

  it('hears that the clock was set back', () => {
    const { environment, woken } = watch()
    environment.setClock(-HOUR_MS)
    environment.advance(5_000)
    expect(woken()).toBe(1)
    environment.advance(HOUR_MS)
    expect(woken()).toBe(1)
  })

  it('has no timer while nobody looks, for hidden timers are late by right', () => {
    const { environment, woken } = watch()
    environment.signal('hidden')
    expect(environment.pending()).toBe(0)
    environment.advance(HOUR_MS)
    environment.signal('visible')
    expect(environment.pending()).toBe(1)
    environment.advance(HOUR_MS)
    expect(woken()).toBe(0)
  })

  it('does not take the time it was hidden for sleep', () => {
    const { environment, woken } = watch()
    environment.signal('hidden')
    environment.setClock(HOUR_MS)
    environment.signal('visible')
    environment.advance(60_000)
    expect(woken()).toBe(0)
  })

  it('hears when it is looked at that the clock was set back meanwhile', () => {
    const { environment, woken } = watch()
    environment.signal('hidden')
    environment.setClock(-HOUR_MS)
    environment.signal('visible')
    expect(woken()).toBe(1)
    environment.advance(60_000)
    expect(woken()).toBe(1)
  })

  it('begins on a hidden page when it is looked at', () => {
    const { environment, woken } = watch(false)
    expect(environment.pending()).toBe(0)
    environment.signal('visible')
    environment.setClock(HOUR_MS)
    environment.advance(5_000)
    expect(woken()).toBe(1)
  })

  it('sets one timer, however often it is looked at', () => {
    const { environment } = watch()
    for (let count = 0; count < 5; count += 1) environment.signal('visible')
    expect(environment.pending()).toBe(1)
  })

  it('leaves nothing behind, also when it is stopped by what it tells', () => {
    const environment = fakeEnvironment()
    const stop = watchWake(environment, () => stop())
    environment.setClock(HOUR_MS)
    environment.advance(5_000)
    expect([environment.pending(), environment.watching()]).toEqual([0, 0])
    const other = watch()
    other.stop()
    expect([other.environment.pending(), other.environment.watching()]).toEqual([0, 0])
    other.environment.signal('visible')
    expect(other.environment.pending()).toBe(0)
  })
})
