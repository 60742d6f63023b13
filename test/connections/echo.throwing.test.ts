import Echo from 'laravel-echo'
import Pusher from 'pusher-js'
import { describe, expect, it } from 'vitest'
import { echo as connectEcho } from '../../src/connections/echo'
import { createCartEchoIn } from '../../src/create-cart-echo'
import { fakeEnvironment } from '../support/fake-environment'
import { change } from '../support/payloads'

const CHANNEL = 'App.Models.User.1'

/** A real laravel-echo on a real pusher-js that dials nobody: what comes by its socket is handed to it by hand. */
const openEcho = () => {
  const echo = new Echo<'reverb'>({
    broadcaster: 'reverb',
    Pusher,
    key: 'key',
    wsHost: '127.0.0.1',
    forceTLS: false,
    enabledTransports: [],
    withoutInterceptors: true,
    authorizer: () => ({ authorize: () => undefined }),
  })
  const { pusher } = echo.connector as unknown as { pusher: Pusher }
  pusher.disconnect()
  return {
    echo,
    pusher,
    receive: (event: string, data: unknown) =>
      pusher.channel(`private-${CHANNEL}`).handleEvent({ event, data } as never),
  }
}

const ofTheApp = (): never => {
  throw new Error('of the app')
}

const listen = (echo: unknown) => {
  const heard: (string | null)[] = []
  const cart = createCartEchoIn(fakeEnvironment(), {
    user: 1,
    connect: connectEcho(echo as never),
    target: null,
    tabs: false,
  })
  cart.on('cart.conditions.changed', ({ message }) => heard.push(message))
  cart.start()
  return { cart, heard }
}

describe('beside a listener of the app that throws, and was there first', () => {
  it('a broadcast is heard, and that the channel is confirmed', () => {
    const { echo, pusher, receive } = openEcho()
    echo.private(CHANNEL).listen('.cart.conditions.changed', ofTheApp).subscribed(ofTheApp)
    Object.assign(pusher.connection, { state: 'connected' })
    const { cart, heard } = listen(echo)
    expect(() => receive('pusher_internal:subscription_succeeded', {})).toThrow('of the app')
    expect(cart.connection.get().name).toBe('live')
    expect(() => receive('cart.conditions.changed', change({}, 'Sale ended'))).toThrow('of the app')
    expect(heard).toEqual(['Sale ended'])
    cart.stop()
  })

  it('a channel that is refused is known to be, and a socket that is lost', () => {
    const { echo, pusher, receive } = openEcho()
    const { subscription } = echo.private(CHANNEL) as unknown as { subscription: Pusher['connection'] }
    subscription.bind('pusher:subscription_error', ofTheApp)
    pusher.connection.bind('state_change', ofTheApp)
    Object.assign(pusher.connection, { state: 'connected' })
    const { cart } = listen(echo)
    receive('pusher_internal:subscription_succeeded', {})
    expect(() => pusher.connection.emit('state_change', { previous: 'connected', current: 'unavailable' })).toThrow()
    expect(cart.connection.get()).toMatchObject({ name: 'waiting', reason: 'socket-lost' })
    expect(() => pusher.connection.emit('state_change', { previous: 'unavailable', current: 'connected' })).toThrow()
    expect(() => subscription.emit('pusher:subscription_error', { status: 403 })).toThrow('of the app')
    expect(cart.connection.get()).toMatchObject({ name: 'refused', reason: 'not-authorised' })
    cart.stop()
  })
})

it('a page that stops listening while it is told has the other global callbacks of the channel called all the same', () => {
  const { echo, pusher, receive } = openEcho()
  Object.assign(pusher.connection, { state: 'connected' })
  const { cart } = listen(echo)
  const others: unknown[] = []
  const { subscription } = echo.private(CHANNEL) as unknown as { subscription: Pusher['connection'] }
  subscription.bind_global((event: unknown) => others.push(event))
  cart.on('cart.conditions.changed', () => cart.stop())
  receive('cart.conditions.changed', change())
  expect(others).toEqual(['cart.conditions.changed'])
})
