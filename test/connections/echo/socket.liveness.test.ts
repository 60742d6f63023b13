import { describe, expect, it } from 'vitest'
import { watchLiveness } from '../../../src/connections/echo/socket'
import type { PageSignal } from '../../../src/engine/environment'
import type { PusherState } from '../../../src/testing/testing'
import { fakeEcho } from '../../support/fake-echo'
import { fakePage } from '../../support/fake-environment'

/** A watched socket: `pings` what went out, `told` what was found. */
const watched = (state: PusherState = 'connected') => {
  const environment = fakePage()
  const echo = fakeEcho(state)
  const pings: unknown[][] = []
  const told: string[] = []
  Object.assign(echo.connector.pusher, {
    send_event: (...given: unknown[]) => {
      pings.push(given)
      return true
    },
  })
  const stop = watchLiveness(
    echo,
    environment,
    () => void told.push('dead'),
    () => void told.push('alive'),
  )
  const socket = echo.connector.pusher.connection
  return {
    environment,
    echo,
    socket,
    pings,
    told,
    stop,
    message: () => socket.emit('message', { event: 'pusher:pong' }),
  }
}

describe('an open socket is pinged', () => {
  it.each<PageSignal>(['visible', 'online', 'offline', 'resumed', 'restored'])('when the page is %s', (signal) => {
    const { environment, pings } = watched()
    environment.signal(signal)
    expect(pings).toEqual([['pusher:ping', {}]])
  })

  it.each<PageSignal>(['hidden', 'frozen', 'left', 'activated', 'navigated'])('not when the page is %s', (signal) => {
    const { environment, pings } = watched()
    environment.signal(signal)
    expect(pings).toEqual([])
  })

  it('when the clock jumped, for the machine may have slept', () => {
    const { environment, pings } = watched()
    environment.setClock(3_600_000)
    environment.advance(15_000)
    expect(pings).toHaveLength(1)
  })

  it('not while all is as it should be', () => {
    const { environment, pings } = watched()
    environment.advance(3_600_000)
    expect(pings).toEqual([])
  })

  it('once, however many reasons there are while an answer is awaited', () => {
    const { environment, pings } = watched()
    for (const signal of ['visible', 'online', 'resumed'] as const) environment.signal(signal)
    expect(pings).toHaveLength(1)
  })

  it.each(['connecting', 'unavailable', 'disconnected', 'failed'] as const)('not while it is %s', (state) => {
    const { environment, pings } = watched(state)
    environment.signal('visible')
    environment.advance(10_000)
    expect(pings).toEqual([])
  })
})

describe('a ping', () => {
  it('that nothing answers within 4 s shows that the socket is dead, once', () => {
    const { environment, told } = watched()
    environment.signal('visible')
    environment.advance(3_999)
    expect(told).toEqual([])
    environment.advance(1)
    expect(told).toEqual(['dead'])
    environment.advance(3_600_000)
    expect(told).toEqual(['dead'])
  })

  it('is answered by whatever comes', () => {
    const { environment, told, message } = watched()
    environment.signal('visible')
    environment.advance(3_999)
    message()
    environment.advance(60_000)
    expect(told).toEqual(['alive'])
  })

  it('may follow one that was answered, and one that was not', () => {
    const { environment, told, message, pings } = watched()
    environment.signal('visible')
    message()
    environment.signal('visible')
    environment.advance(4_000)
    environment.signal('visible')
    environment.advance(4_000)
    expect([pings.length, told]).toEqual([3, ['alive', 'dead', 'dead']])
  })

  it('shows nothing of a socket that was lost meanwhile: that is known already', () => {
    const { environment, told, echo } = watched()
    environment.signal('visible')
    echo.become('connecting')
    environment.advance(10_000)
    expect(told).toEqual([])
  })
})

describe('watching for a dead socket', () => {
  it('leaves nothing behind', () => {
    const { environment, echo, stop, told, message } = watched()
    environment.signal('visible')
    expect(environment.pending()).toBeGreaterThan(0)
    expect(echo.bound()).toBeGreaterThan(0)
    stop()
    stop()
    expect([environment.pending(), environment.watching(), echo.bound()]).toEqual([0, 0, 0])
    message()
    environment.advance(60_000)
    expect(told).toEqual([])
  })

  it('leaves nothing behind when it is stopped by what it tells', async () => {
    for (const how of ['dead', 'alive'] as const) {
      const environment = fakePage()
      const echo = fakeEcho('connected')
      Object.assign(echo.connector.pusher, { send_event: () => true })
      const stop = watchLiveness(
        echo,
        environment,
        () => stop(),
        () => stop(),
      )
      environment.signal('visible')
      if (how === 'alive') echo.connector.pusher.connection.emit('message', {})
      else environment.advance(4_000)
      await null
      expect([environment.pending(), environment.watching(), echo.bound()]).toEqual([0, 0, 0])
    }
  })

  it('does nothing for an Echo that cannot be pinged', () => {
    const environment = fakePage()
    const ignore = () => undefined
    const { connector, ...echo } = fakeEcho('connected')
    const { send_event: _, ...pusher } = connector.pusher
    for (const one of [
      { ...echo, connector: { ...connector, pusher } },
      { private: () => ({}) },
      { private: () => ({}), connector: {} },
    ]) {
      watchLiveness(one, environment, ignore, ignore)()
      watchLiveness(one, environment, ignore, ignore)
    }
    environment.signal('visible')
    expect([environment.pending(), environment.watching()]).toEqual([0, 0])
  })
})
