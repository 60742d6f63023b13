import { describe, expect, it } from 'vitest'
import { fakeEcho } from '../support/fake-echo'
import { listeningTransport as listen } from '../support/listening-transport'

const authError = (status: number) => ({ type: 'AuthError', error: 'Unable to retrieve auth string', status })

describe('an Echo transport tells', () => {
  it('connected from subscribed, and a resync with every subscription', () => {
    const echo = fakeEcho()
    const { said } = listen(echo)
    echo.become('connected')
    echo.confirm()
    echo.become('connecting')
    echo.become('unavailable')
    echo.become('connected')
    echo.confirm()
    expect(said).toEqual([
      'socket-opening',
      'socket-open',
      'subscribed',
      'resync',
      'socket-opening',
      'socket-lost',
      'socket-open',
      'subscribed',
      'resync',
    ])
  })

  it('at once that a channel which was subscribed before is live', () => {
    const echo = fakeEcho('connected')
    echo.confirm()
    expect(listen(echo).said).toEqual(['socket-open', 'subscribed', 'resync'])
  })

  it('what was sent, as it was sent, with the event’s name', () => {
    const echo = fakeEcho('connected')
    const { delivered } = listen(echo)
    echo.confirm()
    const payload = { any: 'thing' }
    echo.send(payload)
    expect(delivered).toEqual([['cart.conditions.changed', payload]])
  })

  it('that no confirmation came within 10 s, and live after all when it comes', () => {
    const echo = fakeEcho('connected')
    const { said, environment } = listen(echo)
    environment.advance(9_999)
    expect(said).toEqual(['socket-open'])
    environment.advance(1)
    expect(said.at(-1)).toBe('delayed: no-answer')
    echo.confirm()
    expect(said.slice(-2)).toEqual(['subscribed', 'resync'])
  })

  it('nothing of a missing confirmation while the socket is away', () => {
    const echo = fakeEcho()
    const { said, environment } = listen(echo)
    environment.advance(60_000)
    expect(said).toEqual(['socket-opening'])
  })

  it.each([
    [401, 'refused: not-authorised'],
    [403, 'refused: not-authorised'],
    [419, 'refused: page-expired'],
    [404, 'refused: misconfigured'],
    [200, 'delayed: blocked'],
    [302, 'delayed: blocked'],
    [429, 'delayed: authorisation-failed'],
    [500, 'delayed: authorisation-failed'],
    [0, 'delayed: authorisation-failed'],
  ])('what an authorisation that ended with %i means', (status, expected) => {
    const echo = fakeEcho('connected')
    const { said, environment } = listen(echo)
    echo.refuse(authError(status))
    environment.advance(400)
    expect(said).toEqual(['socket-open', expected])
  })

  it.each([
    [{ type: 'AuthError', error: 'auth 403' }, 'refused: not-authorised'],
    [new Error('The channel was not authorised: HTTP 419.'), 'refused: page-expired'],
    ['nothing we know', 'delayed: authorisation-failed'],
    [null, 'delayed: authorisation-failed'],
  ])('the status also from the words of a handler: %s', (error, expected) => {
    const echo = fakeEcho('connected')
    const { said } = listen(echo)
    echo.refuse(error)
    expect(said.at(-1)).toBe(expected)
  })

  it.each([
    [4001, 'refused: unknown-app'],
    [4004, 'refused: over-capacity'],
    [4009, 'refused: origin-refused'],
  ])('a handshake that Reverb refused with %i', (code, expected) => {
    const echo = fakeEcho('connecting')
    const { said } = listen(echo)
    const socket = echo.connector.pusher.connection
    socket.emit('error', { type: 'WebSocketError', error: { type: 'PusherError', data: { code, message: '' } } })
    echo.become('disconnected')
    expect(said).toEqual(['socket-opening', expected])
  })

  it('a refused signature, which names no channel, only while its own subscription is pending', () => {
    const echo = fakeEcho('connected')
    const { said, environment } = listen(echo)
    const refuse = () => echo.connector.pusher.connection.emit('error', { type: 'PusherError', data: { code: 4009 } })
    refuse()
    environment.advance(400)
    expect(said.at(-1)).toBe('delayed: signature-refused')
    echo.confirm()
    refuse()
    expect(said.at(-1)).toBe('resync')
  })

  it.each([4200, 4201, 4301, 1006])('nothing about the error %i, which is not about this channel', (code) => {
    const echo = fakeEcho('connected')
    const { said } = listen(echo)
    echo.connector.pusher.connection.emit('error', { type: 'PusherError', data: { code } })
    echo.connector.pusher.connection.emit('error', 'nonsense')
    expect(said).toEqual(['socket-open'])
  })

  it('that no WebSocket can be had', () => {
    const echo = fakeEcho()
    const { said } = listen(echo)
    echo.become('failed')
    expect(said.at(-1)).toBe('refused: no-web-socket')
  })
})

describe('on a channel it shares, an Echo transport', () => {
  it('takes back every callback of its own and no other, and no timer is left', () => {
    const echo = fakeEcho('connected')
    echo.private('App.Models.User.1').listen('.cart.conditions.changed', () => undefined)
    const before = echo.bound()
    const { link, environment, delivered } = listen(echo)
    expect(echo.bound()).toBeGreaterThan(before)
    echo.confirm()
    link.stop()
    link.stop()
    expect(echo.bound()).toBe(before)
    expect(environment.pending()).toBe(0)
    echo.send({})
    expect(delivered).toEqual([])
  })

  it('returns within 15 s when somebody left it, and hears each event once', () => {
    const echo = fakeEcho('connected')
    const { said, delivered, environment, link } = listen(echo)
    echo.confirm()
    echo.leave()
    environment.advance(15_000)
    expect(said.at(-1)).toBe('channel-left')
    echo.confirm()
    expect(said.slice(-2)).toEqual(['subscribed', 'resync'])
    echo.send('again')
    expect(delivered).toHaveLength(1)
    link.stop()
    expect(echo.bound()).toBe(0)
  })

  it('returns within 1 s when that was because the page has moved on', () => {
    const echo = fakeEcho('connected')
    const { said, environment, link } = listen(echo)
    echo.confirm()
    environment.signal('moved')
    environment.advance(500)
    echo.leave()
    environment.advance(500)
    expect(said.at(-1)).toBe('channel-left')
    environment.signal('moved')
    link.stop()
    expect([environment.pending(), environment.watching()]).toEqual([0, 0])
  })

  it('says nothing of a return while the socket is away', () => {
    const echo = fakeEcho('connected')
    const { said, environment } = listen(echo)
    echo.become('unavailable')
    echo.leave()
    environment.advance(15_000)
    expect(said).toEqual(['socket-open', 'socket-lost'])
    echo.become('connected')
    echo.confirm()
    expect(said.slice(2)).toEqual(['socket-open', 'subscribed', 'resync'])
  })

  it('returns again and again, though nobody confirms', () => {
    const echo = fakeEcho('connected')
    const { said, environment } = listen(echo)
    for (let round = 0; round < 5; round += 1) {
      echo.leave()
      environment.advance(15_000)
    }
    expect(said.filter((words) => words === 'channel-left')).toHaveLength(5)
    environment.advance(10_000)
    expect(said.at(-1)).toBe('delayed: no-answer')
  })
})

describe('whatever the Echo is, an Echo transport', () => {
  it('waits for a getter that comes late', () => {
    let late: ReturnType<typeof fakeEcho> | undefined
    const { said, environment } = listen(() => late)
    environment.advance(5_000)
    expect(said).toEqual([])
    late = fakeEcho('connected')
    environment.advance(100)
    expect(said).toEqual(['socket-open'])
  })

  it('moves to the Echo that the page has put in the place of the first, within 15 s', () => {
    const first = fakeEcho('connected')
    let echo = first
    const { said, delivered, environment, link } = listen(() => echo)
    first.confirm()
    echo = fakeEcho('connected')
    environment.advance(15_000)
    expect(said.slice(-2)).toEqual(['channel-left', 'socket-open'])
    expect(first.bound()).toBe(0)
    echo.confirm()
    echo.send('news')
    expect(delivered).toHaveLength(1)
    link.stop()
    expect(echo.bound() + environment.pending()).toBe(0)
  })

  it('moves to the socket that Echo has made anew', () => {
    const echo = fakeEcho('connected')
    const { said, environment } = listen(echo)
    echo.confirm()
    const [bound, next] = [echo.bound(), fakeEcho('connecting')]
    Object.assign(echo.connector.pusher, { connection: next.connector.pusher.connection })
    environment.advance(15_000)
    expect(said.slice(-2)).toEqual(['channel-left', 'socket-opening'])
    // On the channel as many as before, and on the old socket none.
    expect(next.bound()).toBeGreaterThan(0)
    expect(echo.bound() + next.bound()).toBe(bound)
  })

  it('stays where it is when the getter makes a new Echo at every call', () => {
    let made = 0
    const { said, environment } = listen(() => {
      made += 1
      return fakeEcho('connected')
    })
    environment.advance(15_000)
    expect(said).toEqual(['socket-open', 'delayed: no-answer'])
    expect(made).toBeGreaterThan(1)
  })

  it('waits for the promise that a getter gives', async () => {
    const { said } = listen((async () => fakeEcho('connected')) as never)
    await new Promise((resolve) => setTimeout(resolve))
    expect(said).toEqual(['socket-open'])
  })

  it('authorises anew a channel that was turned away before it came', () => {
    const echo = fakeEcho('connected')
    echo.refuse(authError(403))
    let subscribes = 0
    echo.private('App.Models.User.1').subscribe = () => {
      subscribes += 1
      return undefined
    }
    listen(echo)
    expect(subscribes).toBe(1)
  })

  it('waits for a getter that throws, as echo-react’s does until it is configured', () => {
    let configured = false
    const { said, environment } = listen(() => {
      if (!configured) throw new Error('Echo has not been configured')
      return fakeEcho('connected')
    })
    environment.advance(1_000)
    configured = true
    environment.advance(100)
    expect(said).toEqual(['socket-open'])
  })

  it.each([
    ['nothing', undefined],
    ['the namespace of the Echo script', { default: class {} }],
    [
      'the Echo class',
      class {
        private() {}
      },
    ],
    ['an object without channels', {}],
  ])('gives up after 20 s with one clear reason: %s', (_what, value) => {
    const { said, environment } = listen(() => value as never)
    environment.advance(19_900)
    expect(said).toEqual([])
    environment.advance(200)
    expect(said).toEqual(['refused: no-echo'])
    environment.advance(60_000)
    expect(said).toEqual(['refused: no-echo'])
    expect(environment.pending()).toBe(0)
  })

  it('takes a promise, and refuses one that rejects or never comes', async () => {
    const fine = listen(Promise.resolve(fakeEcho('connected')))
    const failing = listen(Promise.reject(new Error('chunk not found')))
    const never = listen(new Promise<never>(() => undefined))
    await new Promise((resolve) => setTimeout(resolve))
    never.environment.advance(20_000)
    expect([fine.said, failing.said, never.said]).toEqual([['socket-open'], ['refused: no-echo'], ['refused: no-echo']])
    expect(fine.environment.pending()).toBeGreaterThan(0)
    expect(failing.environment.pending() + never.environment.pending()).toBe(0)
  })

  it('takes a promise no more that comes after 20 s, which was said to be too late, or after the page has stopped', async () => {
    let come = (_echo: ReturnType<typeof fakeEcho>): void => undefined
    const late = new Promise<ReturnType<typeof fakeEcho>>((resolve) => {
      come = resolve
    })
    const { environment, said } = listen(late)
    const stopped = listen(late)
    stopped.link.stop()
    environment.advance(20_000)
    come(fakeEcho('connected'))
    await new Promise((resolve) => setTimeout(resolve))
    expect([said, stopped.said]).toEqual([['refused: no-echo'], []])
  })

  it('says that it begins anew when it looks for one again that could not be loaded', async () => {
    const chunks = [Promise.reject(new Error('chunk not found')), Promise.resolve(fakeEcho('connected'))]
    const { said, environment } = listen(() => chunks.shift() ?? null)
    await new Promise((resolve) => setTimeout(resolve))
    expect(said).toEqual(['delayed: not-loaded'])
    await environment.advanceTurnByTurn(10_000)
    expect(said.slice(1, 3)).toEqual(['starting', 'socket-open'])
  })

  it('takes what a promise of another kind gives, or throws, no sooner than one of the platform would', async () => {
    const otherKind = (then: (given: (echo: unknown) => void) => void) =>
      Object.assign({}, { ['then' as string]: then })
    const early = otherKind((given) => given(fakeEcho('connected')))
    const broken = otherKind(() => {
      throw new Error('no promise at all')
    })
    const all = [listen(early as never), listen(() => early as never), listen(broken as never)]
    expect(all.map(({ said }) => said)).toEqual([[], [], []])
    await new Promise((resolve) => setTimeout(resolve))
    expect(all.map(({ said }) => said)).toEqual([['socket-open'], ['socket-open'], ['refused: no-echo']])
  })

  it('does not believe the null broadcaster', () => {
    const byName = { ...fakeEcho('connected'), options: { broadcaster: 'null' } }
    const bySocketId = { private: () => ({ listen: () => undefined }), connector: { socketId: () => 'fake-socket-id' } }
    expect(listen(byName).said).toEqual(['refused: no-real-time'])
    expect(listen(bySocketId).said).toEqual(['refused: no-real-time'])
  })

  it.each(['private', 'listen', 'bind', 'bind_global'])('ends in one clear reason when its %s throws', (where) => {
    const echo = fakeEcho('connected')
    const broken = () => {
      throw new Error('broken')
    }
    const channel = echo.private('App.Models.User.1')
    // One of another library than pusher-js has no global callbacks.
    if (where === 'listen') Object.assign(channel, { listen: broken, subscription: undefined })
    if (where === 'bind') Object.assign(channel.subscription, { bind_global: undefined, bind: broken })
    if (where === 'bind_global') channel.subscription.bind_global = broken
    if (where === 'private') echo.private = broken
    const { said, environment, link } = listen(echo)
    expect(said).toContain('refused: echo-failed')
    link.stop()
    expect(environment.pending()).toBe(0)
    expect(echo.bound()).toBe(0)
  })

  it('takes an event for proof where nothing confirms, such as socket.io', () => {
    const callbacks: ((payload: unknown) => void)[] = []
    const channel = { listen: (_event: string, callback: (payload: unknown) => void) => callbacks.push(callback) }
    const { said, delivered, environment } = listen({ private: () => channel })
    environment.advance(10_000)
    expect(said).toEqual(['socket-open', 'delayed: no-answer'])
    for (const callback of callbacks) callback({ first: true })
    expect(said.slice(-2)).toEqual(['subscribed', 'resync'])
    expect(delivered).toHaveLength(1)
  })

  it('hears Echo’s own subscribed() and error() where there is no pusher-js, and nothing after the stop', () => {
    let confirm = () => undefined as unknown
    let refuse = (_error: unknown) => undefined as unknown
    const channel = {
      listen: () => undefined,
      subscribed: (callback: () => void) => {
        confirm = callback
      },
      error: (callback: (error: unknown) => void) => {
        refuse = callback
      },
    }
    let status = (_status: string) => undefined as unknown
    let off = 0
    const connector = {
      connectionStatus: () => 'connecting',
      channels: { 'private:App.Models.User.1': channel },
      onConnectionChange: (callback: (status: string) => void) => {
        status = callback
        return () => {
          off += 1
        }
      },
    }
    const { said, link, environment } = listen({ private: () => channel, connector } as never)
    status('connected')
    confirm()
    status('failed')
    status('connected')
    refuse({ status: 403 })
    environment.advance(10_000)
    expect(said).toEqual([
      'socket-opening',
      'socket-open',
      'subscribed',
      'resync',
      'socket-lost',
      'socket-open',
      'refused: not-authorised',
    ])
    link.stop()
    for (const late of [() => confirm(), () => refuse({}), () => status('connected')]) late()
    expect(said).toHaveLength(7)
    expect(off).toBe(1)
  })
})
