import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { echo as connectEcho } from '../src/connections/echo'

// What a page has and a server has not; whoever touches one of these at import breaks server-side rendering.
const NAMES = [
  'window',
  'document',
  'localStorage',
  'location',
  'BroadcastChannel',
  'WebSocket',
  'CustomEvent',
  'HTMLElement',
  'Pusher',
  'Echo',
  'Laravel',
]

const touched: string[] = []
const before = new Map(NAMES.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]))

beforeEach(() => {
  vi.resetModules()
  for (const name of NAMES) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get: () => {
        touched.push(name)
        throw new Error(`${name} was touched`)
      },
    })
  }
})

afterEach(() => {
  for (const [name, descriptor] of before) {
    Reflect.deleteProperty(globalThis, name)
    if (descriptor) Object.defineProperty(globalThis, name, descriptor)
  }
  touched.length = 0
})

const echo = { private: () => ({ listen: () => undefined }) }

describe('importing', () => {
  it.each([
    ['cart-echo', () => import('../src/index')],
    ['cart-echo/echo', () => import('../src/connections/echo')],
    ['cart-echo/reverb', () => import('../src/connections/reverb')],
  ])('%s touches no global', async (_entry, load) => {
    await expect(load()).resolves.toBeDefined()
    expect(touched).toEqual([])
  })

  it('and making a cart echo touches none either', async () => {
    const { createCartEcho } = await import('../src/index')
    const { reverb } = await import('../src/connections/reverb')
    createCartEcho({ user: 7, connect: connectEcho(echo) })
    createCartEcho({ user: 7, connect: reverb({ key: 'k' }) })
    expect(touched).toEqual([])
  })

  it('is what this test would notice', async () => {
    const { createCartEcho } = await import('../src/index')
    expect(() => createCartEcho({ user: 7, connect: connectEcho(echo) }).start()).toThrow('was touched')
    expect(touched).not.toEqual([])
  })
})
