import { describe, expect, it } from 'vitest'
import { createStanding } from '../../../src/connections/echo/standing'
import type { Steering } from '../../../src/connections/echo/steering'
import { delayed } from '../../../src/engine/state'
import type { Sink } from '../../../src/engine/transport'
import { fakeEnvironment } from '../../support/fake-environment'

/** A standing with what it said and did, in words. */
const standingIn = (isSteered = false) => {
  const environment = fakeEnvironment()
  const said: string[] = []
  const note = (what: string) => () => void said.push(what)
  const sink: Sink = {
    state: (fact) => said.push('reason' in fact ? `${fact.name}: ${fact.reason}` : fact.name),
    resync: (why, withinMs) => said.push(`resync: ${why} within ${withinMs}`),
    deliver: note('deliver'),
    answer: note('answer'),
    report: note('report'),
    note: note('note'),
  }
  const steering: Steering = { proven: note('proven'), reconnect: note('reconnect'), stop: note('stop') }
  const standing = createStanding(environment, sink, note('ask anew'), () => (isSteered ? steering : null))
  return { environment, standing, said: () => said.splice(0) }
}

const fullUp = delayed('over-capacity')

describe('a page that was kept out at the door', () => {
  it('says so, and nothing else of what pusher-js loses meanwhile', () => {
    const { standing, said } = standingIn()
    standing.keptOut(fullUp, 5)
    standing.opening()
    standing.lost()
    expect(said()).toEqual(['delayed: over-capacity', 'socket-opening'])
    expect(standing.is('outside')).toBe(true)
  })

  it('is let in when a socket opens, and speaks of a later loss', () => {
    const { standing, said } = standingIn()
    standing.keptOut(fullUp)
    standing.open()
    standing.lost()
    expect(said()).toEqual(['delayed: over-capacity', 'socket-open', 'socket-lost'])
    expect(standing.is('away')).toBe(true)
  })
})

describe('a page whose channel is not confirmed', () => {
  it('asks anew, and the second time for a fresh socket where it may', () => {
    const { environment, standing, said } = standingIn(true)
    standing.open()
    environment.advance(10_000)
    expect(said()).toEqual(['socket-open', 'delayed: no-answer'])
    environment.advance(2_500)
    environment.advance(10_000)
    expect(said()).toEqual(['ask anew', 'reconnect'])
  })

  it('has nothing under way once it is stopped', () => {
    const { environment, standing } = standingIn()
    standing.open()
    standing.stop()
    standing.turnedAway(delayed('authorisation-failed'), 0)
    expect(environment.pending()).toBe(1)
    standing.stop()
    expect(environment.pending()).toBe(0)
  })
})

describe('a page whose channel is confirmed', () => {
  it.each([
    [false, ['subscribed', 'resync: subscribed within 0', 'subscribed', 'resync: subscribed within 2000']],
    [
      true,
      ['proven', 'subscribed', 'resync: subscribed within 0', 'proven', 'subscribed', 'resync: subscribed within 100'],
    ],
  ])('asks at once, and after a loss within a while; steered: %j', (isSteered, expected) => {
    const { standing, said } = standingIn(isSteered)
    standing.confirmed()
    standing.confirmed()
    expect(said()).toEqual(expected)
  })
})
