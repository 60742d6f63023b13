import { describe, expect, it } from 'vitest'
import { echoTransport } from '../../../src/connections/echo/transport'
import { hasOwn } from '../../../src/engine/shape'
import type { PusherState } from '../../../src/testing/testing'
import { fakeEcho } from '../../support/fake-echo'
import { fakePage } from '../../support/fake-environment'

const SILENT_SINK = {
  resync: () => undefined,
  deliver: () => undefined,
  answer: () => undefined,
  report: () => undefined,
  note: () => undefined,
}

/** A transport on an Echo whose pusher-js can be steered: what it said and did, in words. */
const subscribing = (state: PusherState, steer = true) => {
  const environment = fakePage()
  const echo = fakeEcho(state)
  const said: string[] = []
  const note = (what: string) => () => void said.push(what)
  Object.assign(echo.connector.pusher, {
    connect: note('connect'),
    disconnect: note('disconnect'),
    send_event: () => true,
  })
  Object.assign(echo.private('App.Models.User.1'), { subscribe: note('ask anew') })
  const link = echoTransport({ environment, echo, channel: 'App.Models.User.1', events: ['cart.x'], steer })({
    state: (fact) => {
      const inMs = 'nextTryAtMs' in fact && fact.nextTryAtMs ? ` in ${fact.nextTryAtMs - environment.nowMs()}` : ''
      said.push(`${fact.name}${'reason' in fact ? `: ${fact.reason}` : ''}${inMs}`)
    },
    resync: (withinMs) => said.push(`resync within ${withinMs}`),
    deliver: note('deliver'),
    answer: note('answer'),
    report: ({ code }) => said.push(`report: ${code}`),
    note: note('note'),
  })
  return { environment, echo, link, note, said: () => said.splice(0) }
}

const closedBy = (code: number) => ({ type: 'WebSocketError', error: { data: { code } } })

describe('a page whose socket was refused', () => {
  it('says so, and nothing else of what pusher-js loses meanwhile, until one opens', () => {
    const { echo, said } = subscribing('connecting')
    echo.connector.pusher.connection.emit('error', closedBy(4004))
    echo.become('disconnected')
    echo.become('connecting')
    echo.become('unavailable')
    // A channel that pusher-js has not asked for yet looks like one that was turned away; asked for without a socket, it does nothing.
    expect(said()).toEqual([
      'socket-opening',
      'ask anew',
      'socket-lost',
      'delayed: over-capacity in 3750',
      'socket-opening',
    ])
    echo.become('connected')
    echo.become('unavailable')
    expect(said()).toEqual(['socket-open', 'socket-lost'])
  })
})

describe('a page whose channel is not confirmed', () => {
  it('asks anew, and the second time for a fresh socket where it may', () => {
    const { environment, said } = subscribing('connected')
    environment.advance(10_000)
    expect(said()).toEqual(['socket-open', 'delayed: no-answer in 1500'])
    environment.advance(1_500)
    environment.advance(10_000)
    expect(said()).toEqual(['ask anew', 'disconnect', 'socket-lost in 150'])
  })

  it.each([
    ['that pusher-js still waits for has it forget that first', null, ['forget', 'ask anew']],
    ['that was turned away has nothing to forget', { status: 500 }, ['ask anew']],
  ])('asks anew: one %s', (_which, refusal, done) => {
    const { environment, echo, note, said } = subscribing('connected')
    Object.assign(Object(echo.private('App.Models.User.1')).subscription, { disconnect: note('forget') })
    if (refusal) echo.refuse(refusal)
    else environment.advance(10_000)
    said()
    environment.advance(1_500)
    expect(said()).toEqual(done)
  })

  it('asks later each time, and soon again once it was confirmed', () => {
    const { environment, echo, said } = subscribing('connected')
    for (const [status, inMs] of [
      [500, 1_500],
      [503, 2_500],
      [200, 14_500],
    ] as const) {
      said()
      echo.refuse({ status })
      expect(said().at(-1)).toMatch(new RegExp(` in ${inMs}$`))
      environment.advance(inMs)
      expect(said()).toEqual(['ask anew'])
    }
    echo.confirm()
    echo.refuse({ status: 500 })
    expect(said().at(-1)).toBe('delayed: authorisation-failed in 1500')
  })

  it('gives the same error while it is refused in the same way, and another once all was well between', () => {
    const echo = fakeEcho('connected')
    const errors: unknown[] = []
    echoTransport({ environment: fakePage(), echo, channel: 'App.Models.User.1', events: ['cart.x'] })({
      ...SILENT_SINK,
      state: (fact) => void (fact.name === 'delayed' && errors.push(fact.error)),
    })
    echo.refuse({ status: 500 })
    echo.refuse({ status: 500 })
    echo.confirm()
    echo.refuse({ status: 500 })
    const [first, second, third] = errors
    expect([errors.length, second === first, third === first]).toEqual([3, true, false])
  })

  it.each(['connected', 'refused'])('has nothing under way once it is stopped: %s', (when) => {
    const { environment, echo, link } = subscribing('connected')
    if (when === 'refused') echo.refuse({ status: 500 })
    link.stop()
    expect([environment.pending(), environment.watching(), echo.bound()]).toEqual([0, 0, 0])
  })
})

describe('a page whose channel is confirmed', () => {
  it.each([
    [false, 2_000],
    [true, 100],
  ])('asks at once, and after a loss within a while; steered: %j', (isSteered, withinMs) => {
    const { echo, said } = subscribing('connected', isSteered)
    echo.confirm()
    echo.confirm()
    expect(said().filter((words) => words.startsWith('resync'))).toEqual([
      'resync within 0',
      `resync within ${withinMs}`,
    ])
  })
})

describe('a page whose socket says nothing when it is pinged', () => {
  it('has lost it after 4 s, and has it again, channel and all, when something comes by it after all', () => {
    const { environment, echo, said } = subscribing('connected', false)
    echo.confirm()
    said()
    environment.signal('visible')
    environment.advance(4_000)
    expect(said()).toEqual(['socket-lost'])
    echo.connector.pusher.connection.emit('message', {})
    expect(said()).toEqual(['socket-open', 'subscribed', 'resync within 2000'])
  })
})

describe('a channel that pusher-js has forgotten behind Echo’s back', () => {
  it('is asked for anew at the next look', () => {
    const { environment, echo, said } = subscribing('connected')
    echo.confirm()
    environment.signal('focused')
    said()
    Object.assign(echo.connector.pusher, { channel: () => undefined })
    environment.signal('focused')
    expect(said()).toEqual(['channel-left', 'ask anew', 'subscribed', 'resync within 100'])
    // Of one that tells of no channel at all it is not asked at every look.
    environment.signal('focused')
    expect(said()).toEqual([])
  })

  it('is asked for anew, too, where Echo alone has forgotten it', () => {
    const { environment, echo, said } = subscribing('connected')
    echo.confirm()
    said()
    Object.assign(echo.connector, { channels: {} })
    environment.signal('focused')
    expect(said()).toContain('channel-left')
  })
})

describe('the events of a channel', () => {
  it('are bound by name, too: pusher-js tells the developer’s console of those that nobody has', () => {
    const environment = fakePage()
    const echo = fakeEcho('connected')
    const names: string[] = []
    const { subscription } = Object(echo.private('App.Models.User.1'))
    const { bind } = subscription
    subscription.bind = (name: string, callback: () => void) => {
      names.push(name)
      return bind.call(subscription, name, callback)
    }
    const link = echoTransport({ environment, echo, channel: 'App.Models.User.1', events: ['cart.x'] })({
      ...SILENT_SINK,
      state: () => undefined,
    })
    expect(names).toEqual(['cart.x', 'pusher:subscription_succeeded', 'pusher:subscription_error'])
    link.stop()
    expect(echo.bound()).toBe(0)
  })
})

describe('an Echo that throws in the middle', () => {
  it('when it is asked for a channel that somebody left is asked again at the next look', () => {
    const { environment, echo, said } = subscribing('connected')
    echo.confirm()
    said()
    const { private: give } = echo
    Object.assign(echo, {
      private: () => {
        throw new Error('of the page')
      },
    })
    echo.leave()
    environment.signal('focused')
    expect(said()).toEqual(['channel-left', 'refused: echo-failed'])
    Object.assign(echo, { private: give })
    environment.signal('focused')
    echo.confirm()
    expect(said().slice(-2)).toEqual(['subscribed', 'resync within 100'])
  })

  it('when it is to bind the second event is left without the first', () => {
    const bound: string[] = []
    const given = {
      listen: (event: string) => {
        if (event === '.cart.y') throw new Error('of the page')
        bound.push(event)
      },
      stopListening: (event: string) => {
        if (bound.includes(event)) bound.splice(bound.indexOf(event), 1)
      },
    }
    const reasons: unknown[] = []
    const options = { environment: fakePage(), channel: 'App.Models.User.1', events: ['cart.x', 'cart.y'] }
    echoTransport({ ...options, echo: { private: () => given } })({
      ...SILENT_SINK,
      state: (fact) => reasons.push(hasOwn(fact, 'reason') && fact.reason),
    })
    expect([reasons.at(-1), bound]).toEqual(['echo-failed', []])
  })

  it('when it is disconnected is reported as the page’s own listener, and connected again all the same', () => {
    const { environment, echo, said } = subscribing('connected')
    Object.assign(echo.connector.pusher, {
      disconnect: () => {
        throw new Error('of the page')
      },
    })
    environment.advance(21_500)
    expect(said()).toContain('report: listener-failed')
    environment.advance(1_000)
    expect(said()).toContain('connect')
  })
})
