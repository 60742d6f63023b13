import { describe, expect, it } from 'vitest'
import { echo as connectEcho } from '../src/connections/echo'
import { createCartEcho } from '../src/create-cart-echo'
import { fakeEcho } from './support/fake-echo'
import { logSays, openCart } from './support/open-cart'

const CONNECTED = 'connected'

describe('an Echo whose code cannot be fetched, as when the network blinked just then,', () => {
  it('is fetched again', async () => {
    const echo = fakeEcho(CONNECTED)
    let tries = 0
    const load = async () => {
      tries += 1
      if (tries < 3) throw new TypeError('no network')
      return echo
    }
    const { cart, errors, pass } = openCart({ connect: connectEcho(load) })
    await pass(10)
    expect(cart.connection.get()).toMatchObject({ name: 'waiting', reason: 'not-loaded' })
    expect(cart.nextTryAtMs()).toEqual(expect.any(Number))
    await pass(5_000)
    echo.confirm()
    expect([tries >= 3, cart.connection.get().name]).toEqual([true, 'live'])
    expect(errors.map(({ code }) => code)).toEqual(['not-loaded'])
    cart.stop()
  })

  it('is not fetched again by a page that has stopped', async () => {
    let tries = 0
    const load = () => {
      tries += 1
      return Promise.reject(new TypeError('no network'))
    }
    const { cart, environment, pass } = openCart({ connect: connectEcho(load) })
    await pass(10)
    cart.stop()
    const before = tries
    await pass(600_000)
    expect([tries, environment.pending(), environment.watching()]).toEqual([before, 0, 0])
  })
})

describe('a promise of another library', () => {
  it.each([
    [
      'that takes both callbacks for granted',
      (found: (echo: unknown) => void, echo: unknown) => found(echo),
      'live',
      [],
    ],
    [
      'that throws',
      () => {
        throw new Error('broken promise')
      },
      'refused',
      ['No Echo. Not loaded: broken promise'],
    ],
  ])('%s is waited for as any other', async (_what, settle, expected, words) => {
    const echo = fakeEcho(CONNECTED)
    const then = (found: (echo: unknown) => void) => settle(found, echo)
    const { cart, errors, pass } = openCart({ connect: connectEcho({ then } as never) })
    await pass(200)
    if (echo.bound() > 0) echo.confirm()
    expect([cart.connection.get().name, errors.map(({ message }) => message)]).toEqual([expected, words])
    cart.stop()
  })
})

/** What throws at whatever is read of it, as the window of a frame from elsewhere does, which `window.Echo` is where a frame has that name. */
const fromElsewhere = (): never =>
  new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === 'then') return undefined
        throw new Error('SecurityError')
      },
      has: () => {
        throw new Error('SecurityError')
      },
    },
  ) as never

describe('a window from elsewhere in the place of an Echo', () => {
  it('is misuse when it is handed over', () => {
    expect(() => createCartEcho({ user: 1, connect: connectEcho(fromElsewhere()) })).toThrow(
      expect.objectContaining({ code: 'invalid-options' }),
    )
  })

  it.each([true, false])(
    'is none when a getter gives it, and the real one is found when it comes (tabs: %s)',
    async (tabs) => {
      const echo = fakeEcho(CONNECTED)
      let now: unknown = fromElsewhere()
      const { cart, errors, pass } = openCart({ connect: connectEcho(() => now as never), tabs })
      await pass(1_000)
      expect(cart.connection.get()).toMatchObject({ name: 'connecting' })
      now = echo
      await pass(200)
      echo.confirm()
      expect([cart.connection.get().name, errors]).toEqual(['live', []])
      cart.stop()
    },
  )

  it('is reported as no Echo when none comes', async () => {
    const { cart, errors, pass } = openCart({ connect: connectEcho(() => fromElsewhere()) })
    await pass(30_000)
    expect(cart.connection.get()).toMatchObject({ name: 'refused', reason: 'no-echo' })
    expect(errors.map(({ code }) => code)).toEqual(['no-echo'])
    cart.stop()
  })

  it.each([undefined, null])(
    'says what to do where the getter gives %s, and does not ask for a getter',
    async (none) => {
      const { errors, pass } = openCart({ connect: connectEcho(() => none) })
      await pass(21_000)
      expect(errors.map(({ message }) => message)).toEqual([
        'No Echo. The getter gives none: make one, or connect: reverb({…}).',
      ])
    },
  )
})

describe('what goes wrong on a page’s own Echo', () => {
  it.each([
    ['axios’s words', { message: 'Request failed with status code 403' }, 'refused: not-authorised'],
    ['axios’s words', new Error('Request failed with status code 503'), 'waiting: authorisation-failed'],
    ['pusher-js’s words', { error: 'Could not get auth info, status: 419' }, 'refused: page-expired'],
    ['nothing that could be read', Object.create(null), 'waiting: authorisation-failed'],
    [
      'words that throw',
      {
        get message() {
          throw new Error('broken')
        },
      },
      'waiting: authorisation-failed',
    ],
  ])('is read from %s', (_what, error, expected) => {
    const { cart, echo } = openCart()
    echo.become(CONNECTED)
    echo.refuse(error)
    const { name, reason } = cart.connection.get()
    expect(`${name}: ${reason}`).toBe(expected)
    cart.stop()
  })

  it('an authorizer that throws when the channel is asked for anew is told, and not thrown into the page', async () => {
    const { cart, echo, errors, pass } = openCart()
    echo.become(CONNECTED)
    echo.refuse({ status: 500 })
    echo.private('App.Models.User.1').subscribe = () => {
      throw new Error('broken authorizer')
    }
    await expect(pass(10_000)).resolves.toBeUndefined()
    expect(cart.connection.get()).toMatchObject({ name: 'refused', reason: 'echo-failed' })
    expect(errors.at(-1)?.message).toContain('broken authorizer')
    cart.stop()
  })

  it('a greeting that cannot be read is said, with why: pusher-js goes no further', () => {
    const { cart, echo } = openCart()
    const error = { type: 'HandshakeError', error: 'No activity timeout specified in handshake' }
    echo.connector.pusher.connection.emit('error', error)
    expect(cart.connection.get()).toMatchObject({ name: 'waiting', reason: 'socket-refused' })
    expect(JSON.stringify(cart.connection.get())).toBeTruthy()
    expect((cart.connection.get() as { error: Error }).error.message).toContain('No activity timeout')
    cart.stop()
  })

  it.each([
    ['at the door: the origin', false, 'origin-refused'],
    ['when the connection stood: not the origin', true, 'socket-refused'],
  ])('4009 %s', (_when, hasStood, reason) => {
    const { cart, echo } = openCart()
    echo.become(hasStood ? CONNECTED : 'connecting')
    if (hasStood) echo.confirm()
    // pusher-js tells of the close before it moves (core/connection/connection.ts).
    echo.connector.pusher.connection.emit('error', { type: 'WebSocketError', error: { data: { code: 4009 } } })
    expect(cart.connection.get()).toMatchObject({ name: 'refused', reason })
    cart.stop()
  })
})

it('an encrypted channel, of which nothing may be read without anybody saying so, is refused at the call', () => {
  const create = () =>
    createCartEcho({ user: 1, connect: connectEcho(fakeEcho()), channel: 'encrypted-App.Models.User.{user}' })
  expect(create).toThrowError(expect.objectContaining({ code: 'invalid-channel' }))
})

it('an Echo that is handed over as the option `echo` is misuse, not passed over: the page would only poll', () => {
  expect(() => openCart({ connect: undefined, echo: {} } as never, (url) => logSays(url, {}))).toThrow(
    'connect: echo(…)',
  )
})
