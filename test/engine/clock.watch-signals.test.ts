import { describe, expect, it } from 'vitest'
import { watchSignals } from '../../src/engine/clock'
import type { PageSignal } from '../../src/engine/environment'
import { fakeEnvironment } from '../support/fake-environment'

describe('what an audience goes through', () => {
  it('is heard as it is said', () => {
    const environment = fakeEnvironment()
    const audience = fakeEnvironment()
    const heard: PageSignal[] = []
    watchSignals(environment, audience, (signal) => heard.push(signal))
    for (const signal of ['online', 'navigated', 'woke'] as const) audience.signal(signal)
    expect(heard).toEqual(['online', 'navigated', 'woke'])
  })

  it('holds a sleep of the machine too, which only the clock tells', () => {
    const environment = fakeEnvironment()
    const heard: PageSignal[] = []
    watchSignals(environment, environment, (signal) => heard.push(signal))
    environment.setClock(3_600_000)
    environment.advance(5_000)
    expect(heard).toEqual(['woke'])
  })

  it('is heard no more once it was stopped, and nothing is left behind', () => {
    const environment = fakeEnvironment()
    const audience = fakeEnvironment()
    const heard: PageSignal[] = []
    const stop = watchSignals(environment, audience, (signal) => heard.push(signal))
    stop()
    audience.signal('online')
    expect(heard).toEqual([])
    expect([environment.pending(), environment.watching(), audience.watching()]).toEqual([0, 0, 0])
  })
})
