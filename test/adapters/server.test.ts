import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cartEcho } from '../../src/adapters/alpine'
import { livewire } from '../../src/adapters/livewire'
import { reverb } from '../../src/connections/reverb'
import { createCartEcho } from '../../src/index'
import { holdClosedServer } from '../support/closed-server'

// Whoever renders on a server runs these modules there, too. React and Vue have tests of their own.

const tried = holdClosedServer()

const newClient = () =>
  createCartEcho({
    user: 7,
    cursor: 'e1:1',
    connect: reverb({ key: 'k', host: '127.0.0.1', port: 9, scheme: 'http' }),
    check: '/api/cart/check-updates',
  })

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('on a server', () => {
  it.each([
    ['the Alpine plugin', (cart: ReturnType<typeof newClient>) => void cartEcho(cart)],
    ['the Livewire bridge', (cart: ReturnType<typeof newClient>) => livewire(cart, { page: () => ({ user: 8 }) })()],
  ])('%s opens nothing, also when the cart is started', async (_, join) => {
    const cart = newClient()
    join(cart)
    const release = cart.start()
    await new Promise(setImmediate)
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'no-browser' })
    // What is not set to run cannot open anything later.
    expect([tried, vi.getTimerCount()]).toEqual([[], 0])
    release()
  })
})
