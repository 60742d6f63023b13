import { describe, expect, it } from 'vitest'
import { createAlarm } from '../../src/engine/clock'
import { fakeEnvironment } from '../support/fake-environment'

const alarmIn = () => {
  const environment = fakeEnvironment()
  const rung: string[] = []
  const alarm = createAlarm(environment)
  return { environment, rung, alarm, set: (name: string, inMs: number) => alarm.set(inMs, () => rung.push(name)) }
}

describe('an alarm', () => {
  it('rings once, when its time has come', () => {
    const { environment, rung, set } = alarmIn()
    set('first', 1_000)
    environment.advance(999)
    expect(rung).toEqual([])
    environment.advance(5_000)
    expect(rung).toEqual(['first'])
  })

  it('that is set anew drops what was planned, and leaves one timer', () => {
    const { environment, rung, set } = alarmIn()
    set('first', 1_000)
    set('second', 2_000)
    expect(environment.pending()).toBe(1)
    environment.advance(5_000)
    expect(rung).toEqual(['second'])
  })

  it('that is set anew for the same time keeps its timer, for that comes with every broadcast, and does what was said last', () => {
    const environment = fakeEnvironment()
    let timers = 0
    const schedule: typeof environment.schedule = (inMs, run) => {
      timers += 1
      return environment.schedule(inMs, run)
    }
    const alarm = createAlarm({ ...environment, schedule })
    const rung: string[] = []
    for (const name of ['first', 'second']) alarm.set(1_000, () => rung.push(name))
    environment.advance(1_000)
    expect([timers, rung]).toEqual([1, ['second']])
    for (const inMs of [1_000, 999]) alarm.set(inMs, () => undefined)
    expect(timers).toBe(3)
    alarm.stop()
  })

  it('that is stopped does not ring, leaves no timer, and may be set again', () => {
    const { environment, rung, alarm, set } = alarmIn()
    alarm.stop()
    set('first', 1_000)
    alarm.stop()
    expect(environment.pending()).toBe(0)
    set('second', 1_000)
    environment.advance(1_000)
    expect(rung).toEqual(['second'])
  })
})
