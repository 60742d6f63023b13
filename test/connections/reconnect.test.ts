import { describe, expect, it } from 'vitest'
import { createReconnection } from '../../src/connections/reconnect'
import { fakeEnvironment } from '../support/fake-environment'

const HOUR_MS = 3_600_000

const reconnecting = (chance = 0.5) => {
  const environment = fakeEnvironment({ random: () => chance })
  return { environment, reconnection: createReconnection(environment) }
}

describe('when the next try is', () => {
  it('is soon again in an outage that comes long after another, which proved to be over', () => {
    const { environment, reconnection } = reconnecting()
    const outage = (): number[] => {
      const waits = [reconnection.lost('server')]
      for (let tries = 0; tries < 4; tries += 1) {
        reconnection.gaveUp()
        waits.push(reconnection.begun())
      }
      reconnection.opened()
      reconnection.proven()
      return waits
    }
    const first = outage()
    environment.advance(HOUR_MS)
    // How long connecting takes is known by now: 1 s at least in place of 2 s.
    const second = outage()
    expect(second[0]).toBe(first[0])
    for (const [at, ms] of second.entries()) expect(ms).toBeLessThanOrEqual(first[at] ?? 0)
  })

  it('is 1 s from one that failed at once, at the soonest, once the outage is half a minute old', () => {
    const { environment, reconnection } = reconnecting()
    reconnection.failed()
    environment.advance(31_000)
    for (const chance of [0, 0.5, 1]) {
      const other = createReconnection({ ...environment, random: () => chance })
      other.failed()
      environment.advance(31_000)
      expect(other.failed()).toBeGreaterThanOrEqual(1_000)
    }
  })

  it('is known to be none after a refusal that ends it, until something is lost again', () => {
    const { reconnection } = reconnecting()
    reconnection.lost('server')
    reconnection.gaveUp()
    expect(reconnection.isLost()).toBe(true)
    reconnection.ended()
    expect(reconnection.isLost()).toBe(false)
    reconnection.noteLoss()
    expect(reconnection.isLost()).toBe(true)
  })
})
