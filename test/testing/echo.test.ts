import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { echo as connectEcho } from '../../src/connections/echo'
import { createCartEchoIn } from '../../src/create-cart-echo'
import { createFakeEcho, type FakeEcho, type FakeEchoOptions } from '../../src/testing/testing'
import { fakeEnvironment } from '../support/fake-environment'

const CHANNEL = 'App.Models.User.7'

const turn = async (): Promise<void> => {
  for (let count = 0; count < 10; count += 1) await null
}

/** What code of a shop's own does with `window.Echo`. */
const listen = ({ echo }: Pick<FakeEcho, 'echo'>) => {
  const heard = vi.fn()
  echo.private(CHANNEL).listen('.cart.conditions.changed', heard)
  return heard
}

describe('a fake Echo', () => {
  it('hands what is emitted to whoever listens, and says how many those are', async () => {
    const fake = createFakeEcho()
    const [one, other] = [listen(fake), listen(fake)]
    await turn()
    expect(fake.subscribed).toEqual([CHANNEL])
    expect(fake.emit('cart.conditions.changed', { message: 'Raya Sale has ended' })).toBe(2)
    expect(one).toHaveBeenCalledWith(expect.objectContaining({ message: 'Raya Sale has ended', changes: {} }))
    expect(other).toHaveBeenCalledOnce()
  })

  it('does not call who forgot the dot', async () => {
    const fake = createFakeEcho()
    const heard = vi.fn()
    fake.echo.private(CHANNEL).listen('cart.conditions.changed', heard)
    await turn()
    expect(fake.emit('cart.conditions.changed')).toBe(0)
    expect(fake.emitRaw('App\\Events\\cart\\conditions\\changed', {})).toBe(1)
    expect(heard).toHaveBeenCalledOnce()
  })

  it('removes one callback, or everybody’s', async () => {
    const fake = createFakeEcho()
    const [one, other] = [listen(fake), listen(fake)]
    await turn()
    const channel = fake.echo.private(CHANNEL)
    channel.stopListening('.cart.conditions.changed', one)
    expect(fake.emit('cart.conditions.changed')).toBe(1)
    channel.stopListening('.cart.conditions.changed')
    expect([fake.emit('cart.conditions.changed'), one.mock.calls.length, other.mock.calls.length]).toEqual([0, 0, 1])
  })

  it('gives another channel after somebody has left the one before', async () => {
    const fake = createFakeEcho()
    const heard = listen(fake)
    const before = fake.echo.private(CHANNEL)
    await turn()
    expect(fake.echo.private(CHANNEL)).toBe(before)
    fake.echo.leave(CHANNEL)
    expect([fake.bound, fake.subscribed]).toEqual([0, []])
    expect(() => fake.emit('cart.conditions.changed')).toThrow('those there are (none)')
    expect(fake.echo.private(CHANNEL)).not.toBe(before)
    await turn()
    expect(fake.emit('cart.conditions.changed')).toBe(0)
    expect(heard).not.toHaveBeenCalled()
  })

  it('lets a callback that throws keep the others from hearing, as pusher-js does', async () => {
    const fake = createFakeEcho()
    fake.echo.private(CHANNEL).listen('.cart.conditions.changed', () => {
      throw new Error('theirs')
    })
    const heard = listen(fake)
    await turn()
    expect(() => fake.emit('cart.conditions.changed')).toThrow('theirs')
    expect(heard).not.toHaveBeenCalled()
  })

  it.each<[string, FakeEchoOptions, (fake: FakeEcho) => void, string]>([
    ['is pending', { channels: 'pending' }, () => undefined, 'await a turn, or confirm() it'],
    ['was refused', { channels: 403 }, () => undefined, 'is not subscribed'],
    ['has lost its socket', {}, (fake) => fake.lose(), 'the socket is connecting'],
  ])('says so, where a channel %s', async (_what, options, suffer, words) => {
    const fake = createFakeEcho(options)
    listen(fake)
    await turn()
    suffer(fake)
    expect(() => fake.emit('cart.conditions.changed')).toThrow(
      expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining(words) }),
    )
  })

  it('wants a channel’s name where there are several', async () => {
    const fake = createFakeEcho()
    listen(fake)
    fake.echo.private('orders.1')
    await turn()
    expect(() => fake.emit('cart.conditions.changed')).toThrow('private-App.Models.User.7, private-orders.1')
    expect(fake.emit('cart.conditions.changed', {}, CHANNEL)).toBe(1)
  })

  it('refuses to emit what a page would not read, but for emitRaw()', async () => {
    const fake = createFakeEcho()
    listen(fake)
    await turn()
    expect(() => fake.emit('cart.conditions.changed', { message: 5 } as never)).toThrow(
      expect.objectContaining({ code: 'invalid-payload' }),
    )
    expect(fake.emitRaw('cart.conditions.changed', { message: 5 })).toBe(1)
  })

  it('tells its states, those of Echo twice where Echo does', () => {
    const fake = createFakeEcho({ state: 'connecting' })
    const states: string[] = []
    const statuses: string[] = []
    fake.echo.connector.pusher.connection.bind('state_change', (change) =>
      states.push((change as { current: string }).current),
    )
    const off = fake.echo.connector.onConnectionChange((status) => statuses.push(status))
    fake.become('connected')
    fake.become('unavailable')
    off()
    fake.become('disconnected')
    expect(states).toEqual(['connected', 'unavailable', 'disconnected'])
    expect(statuses).toEqual(['connected', 'connected', 'failed'])
    expect(fake.echo.connectionStatus()).toBe('disconnected')
  })

  it('confirms every channel anew on a new socket', async () => {
    const fake = createFakeEcho()
    const confirmed = vi.fn()
    fake.echo.private(CHANNEL).subscribed(confirmed)
    await turn()
    const first = fake.echo.socketId()
    fake.lose()
    expect(fake.subscribed).toEqual([])
    fake.become('connected')
    await turn()
    expect([confirmed.mock.calls.length, fake.subscribed]).toEqual([2, [CHANNEL]])
    expect(fake.echo.socketId()).not.toBe(first)
  })

  it.each([
    [4001, 'disconnected'],
    [4009, 'disconnected'],
    [4301, 'disconnected'],
    [4201, 'connecting'],
    [1006, 'connecting'],
  ])('after the close code %i is %s', (code, state) => {
    const fake = createFakeEcho()
    const error = vi.fn()
    fake.echo.connector.pusher.connection.bind('error', error)
    fake.end(code)
    expect(error).toHaveBeenCalledWith({
      type: 'WebSocketError',
      error: { type: 'PusherError', data: { code, message: '' } },
    })
    expect(fake.echo.connector.pusher.connection.state).toBe(state)
  })

  it('tries a refused channel again when asked to, not by another private()', async () => {
    const fake = createFakeEcho({ channels: 503 })
    const refused = vi.fn()
    const channel = fake.echo.private(CHANNEL).error(refused)
    await turn()
    expect(refused).toHaveBeenCalledWith(expect.objectContaining({ type: 'AuthError', status: 503 }))
    fake.answer('granted')
    fake.echo.private(CHANNEL)
    await turn()
    expect(fake.subscribed).toEqual([])
    channel.subscribe()
    await turn()
    expect(fake.subscribed).toEqual([CHANNEL])
  })
})

describe('a cart on a fake Echo', () => {
  const open = (options?: FakeEchoOptions) => {
    const fake = createFakeEcho(options)
    const environment = fakeEnvironment()
    const errors: string[] = []
    const cart = createCartEchoIn(
      environment,
      {
        user: 7,
        connect: connectEcho(() => fake.echo, { steer: false }),
        target: null,
        onError: ({ code }) => errors.push(code),
      },
      () => null,
    )
    onTestFinished(() => {
      cart.stop()
      expect(environment.pending()).toBe(0)
    })
    const heard: (string | null)[] = []
    cart.on('cart.conditions.changed', ({ message }) => heard.push(message))
    cart.start()
    const state = () => `${cart.connection.get().name}: ${cart.connection.get().reason}`
    return { fake, cart, environment, heard, errors, state }
  }

  it('is live, hears, and leaves no callback behind', async () => {
    const { fake, cart, heard, state } = open()
    await turn()
    expect(state()).toBe('live: subscribed')
    fake.emit('cart.conditions.changed', { message: 'heard' })
    expect(heard).toEqual(['heard'])
    cart.stop()
    await turn()
    expect([fake.bound, fake.subscribed]).toEqual([0, [CHANNEL]])
  })

  it('comes back when others have left its channel', async () => {
    const { fake, environment, heard, state } = open()
    await turn()
    fake.echo.leave(CHANNEL)
    environment.advance(15_000)
    await turn()
    expect(state()).toBe('live: subscribed')
    fake.emit('cart.conditions.changed', { message: 'after that' })
    expect(heard).toEqual(['after that'])
  })

  it.each<[string, FakeEchoOptions, (fake: FakeEcho) => void, string]>([
    ['a lost socket', {}, (fake) => fake.lose(), 'waiting: socket-lost'],
    ['an unknown key', {}, (fake) => fake.end(4001), 'refused: unknown-app'],
    ['403', { channels: 403 }, () => undefined, 'refused: not-authorised'],
    ['419', { channels: 419 }, () => undefined, 'refused: page-expired'],
    ['500', { channels: 500 }, () => undefined, 'waiting: authorisation-failed'],
    ['a refused signature', { channels: 'signature-refused' }, () => undefined, 'waiting: signature-refused'],
    ['a pusher-js that gave up', { state: 'connecting' }, (fake) => fake.become('failed'), 'refused: no-web-socket'],
    ['an answer that is awaited', { channels: 'pending' }, () => undefined, 'connecting: subscribing'],
  ])('says what ails it: %s', async (_what, options, suffer, expected) => {
    const { fake, state } = open(options)
    await turn()
    suffer(fake)
    await turn()
    expect(state()).toBe(expected)
  })

  it('gives up a socket that hangs, and takes it again when it answers', async () => {
    const { fake, environment, state } = open()
    await turn()
    environment.signal('visible')
    await turn()
    environment.advance(10_000)
    expect(state()).toBe('live: subscribed')
    fake.hang()
    expect(fake.emit('cart.conditions.changed')).toBe(0)
    environment.signal('visible')
    await turn()
    environment.advance(10_000)
    expect(state()).toBe('waiting: socket-lost')
  })
})

describe('a fake Echo that is misused', () => {
  it.each([{ state: 'open' }, { channels: 'yes' }, { channels: Number.NaN }, { key: 5 }, { kye: 'k' }, null])(
    'refuses %j',
    (options) => {
      expect(() => createFakeEcho(options as never)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    },
  )

  it.each([
    ['answer', 'yes'],
    ['become', 'open'],
    ['end', '4001'],
  ] as const)('refuses %s(%j) at the call', (way, given) => {
    const fake = createFakeEcho()
    const call = fake[way] as (given: unknown) => void
    expect(() => call(given)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    expect(fake.echo.connector.pusher.connection.state).toBe('connected')
  })
})
