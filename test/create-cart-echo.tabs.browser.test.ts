import { afterEach, describe, expect, it } from 'vitest'
import { echo as connectEcho } from '../src/connections/echo'
import { type CartEchoOptions, createCartEcho } from '../src/index'
import { at } from './support/payloads'

const EVENT = 'cart.conditions.changed'

/** An Echo that hands over at once what is sent by it. */
const countingEcho = () => {
  const callbacks = new Set<(payload: unknown) => void>()
  let joined = 0
  return {
    options: { key: 'shop' },
    joined: () => joined,
    send: (payload: unknown) => {
      for (const callback of [...callbacks]) callback(payload)
    },
    private: () => {
      joined += 1
      return {
        listen: (_event: string, callback: (payload: unknown) => void) => callbacks.add(callback),
        stopListening: (_event: string, callback: (payload: unknown) => void) => callbacks.delete(callback),
        subscribed: (run: () => void) => run(),
        error: () => undefined,
      }
    },
  }
}

const carts: { stop(): void }[] = []

const listening = (options: Partial<CartEchoOptions> = {}) => {
  const echo = countingEcho()
  const cart = createCartEcho({ user: 7, connect: connectEcho(echo), ...options })
  const heard: unknown[] = []
  cart.on(EVENT, (change) => heard.push(change))
  cart.start()
  carts.push(cart)
  return { echo, cart, heard }
}

afterEach(() => {
  for (const cart of carts.splice(0)) cart.stop()
})

describe('two carts of one shopper on one page', () => {
  it('share one subscription, by real locks and lines, and each hears everything once', async () => {
    const [one, other] = [listening(), listening()]
    await expect
      .poll(() => [one.cart.connection.get().name, other.cart.connection.get().name])
      .toEqual(['live', 'live'])
    expect([one.echo.joined(), other.echo.joined()]).toEqual([1, 0])
    one.echo.send(at(1))
    one.echo.send(at(1))
    one.echo.send(at(2))
    await expect.poll(() => other.heard).toEqual([at(1), at(2)])
    expect(one.heard).toEqual([at(1), at(2)])
  })

  it('go on when the one that leads is stopped', async () => {
    const [one, other] = [listening(), listening()]
    await expect.poll(() => other.cart.connection.get().name).toBe('live')
    one.cart.stop()
    await expect.poll(() => other.echo.joined()).toBe(1)
    other.echo.send(at(1))
    expect(other.heard).toEqual([at(1)])
  })

  it('of two customers have one each', async () => {
    const [one, other] = [listening({ user: 7 }), listening({ user: 8 })]
    await expect.poll(() => [one.echo.joined(), other.echo.joined()]).toEqual([1, 1])
    one.echo.send(at(1))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect([one.heard.length, other.heard.length]).toEqual([1, 0])
  })

  it('leave no lock behind', async () => {
    const { cart } = listening()
    await expect.poll(() => cart.connection.get().name).toBe('live')
    const names = async () => (await navigator.locks.query()).held?.filter(({ name }) => name?.startsWith('cart-echo/'))
    expect(await names()).toHaveLength(1)
    cart.stop()
    await expect.poll(names).toEqual([])
  })
})
