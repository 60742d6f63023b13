import { createElement } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { createApp } from 'vue'
import { cartEcho as alpinePlugin } from '../src/adapters/alpine'
import { livewire } from '../src/adapters/livewire'
import { CartEchoProvider, useCartChange, useCartRefresh } from '../src/adapters/react'
import { onCartChange, onCartRefresh, cartEcho as vuePlugin } from '../src/adapters/vue'
import { createCartEcho } from '../src/create-cart-echo'
import type { CartEcho } from '../src/engine/cart-echo'
import { showNotices } from '../src/notice/notice'
import { debug, mark, measure } from '../src/stats/stats'
import { createFakeCart } from '../src/testing/testing'

// What a page's own code gives by mistake is refused at the call, by a code and with a name, and leaves nothing behind.

const openCart = (errors: unknown[] = []): CartEcho =>
  createCartEcho({ user: 1, check: { url: '/check', fetch: noAnswer }, onError: (error) => errors.push(error) })

const noAnswer: typeof fetch = () => new Promise(() => undefined)

const saidOf = (call: () => unknown): { code?: unknown; message?: unknown } | null => {
  try {
    call()
    return null
  } catch (error) {
    const { code, message } = Object(error)
    return { code, message }
  }
}

const NO_FUNCTIONS = [undefined, null, 5, 'renderCart', {}, []]

describe.each(NO_FUNCTIONS)('where a function belongs, %j', (wrong) => {
  it.each<[string, (cart: CartEcho) => unknown]>([
    ['on()', (cart) => cart.on('cart.conditions.changed', wrong as never)],
    ['on()', (cart) => cart.on('cart.conditions.changed', wrong as never, { replay: true })],
    ['onRefresh()', (cart) => cart.onRefresh(wrong as never)],
    ['news.subscribe()', (cart) => cart.news.subscribe(wrong as never)],
    ['connection.subscribe()', (cart) => cart.connection.subscribe(wrong as never)],
    ['trace()', (cart) => cart.trace(wrong as never)],
  ])('is refused by %s, which says so', async (name, call) => {
    const errors: unknown[] = []
    const cart = openCart(errors)
    expect(saidOf(() => call(cart))).toEqual({
      code: 'invalid-options',
      message: expect.stringContaining(`${name}: expected a function`),
    })
    // Nothing of it was added, and what is right goes on.
    await cart.refresh()
    let heard = 0
    cart.news.subscribe(() => {
      heard += 1
    })
    expect([heard, errors]).toEqual([1, []])
  })
})

/** Calls a hook of React's where it belongs, on a page. Throws what goes to no error boundary. */
const rendered = (cart: CartEcho, hook: () => void): void => {
  const Inner = (): null => {
    hook()
    return null
  }
  const thrown: unknown[] = []
  const root = createRoot(document.createElement('div'), { onUncaughtError: (error) => thrown.push(error) })
  flushSync(() => root.render(createElement(CartEchoProvider, { client: cart }, createElement(Inner))))
  flushSync(() => root.unmount())
  cart.stop()
  for (const error of thrown) throw error
}

/** Calls a composable of Vue's where it belongs. Throws what it throws itself, and not what only Vue hears of. */
const composed = (cart: CartEcho, compose: () => void): void => {
  const thrown: unknown[] = []
  const setup = () => {
    try {
      compose()
    } catch (error) {
      thrown.push(error)
    }
    return () => null
  }
  const app = createApp({ setup }).use(vuePlugin(cart))
  app.config.errorHandler = () => undefined
  app.mount(document.createElement('div'))
  app.unmount()
  for (const error of thrown) throw error
}

describe.each(NO_FUNCTIONS)('where a function belongs in a framework, %j', (wrong) => {
  const no = wrong as never
  it.each<[string, (cart: CartEcho) => unknown]>([
    ['on()', (cart) => rendered(cart, () => useCartChange(no))],
    ['on()', (cart) => rendered(cart, () => useCartChange('cart.conditions.changed', no))],
    ['onRefresh()', (cart) => rendered(cart, () => useCartRefresh(no))],
    ['on()', (cart) => composed(cart, () => void onCartChange('cart.conditions.changed', no))],
    ['onRefresh()', (cart) => composed(cart, () => void onCartRefresh(no))],
  ])('is refused by %s, which says so', (name, call) => {
    expect(saidOf(() => call(openCart()))).toEqual({
      code: 'invalid-options',
      message: expect.stringContaining(`${name}: expected a function`),
    })
  })

  it('is refused by the cart of a test, as by a page’s', () => {
    const fake = createFakeCart()
    expect(saidOf(() => fake.cart.onRefresh(no))?.code).toBe('invalid-options')
    expect(fake.unreleased.listeners).toBe(0)
  })
})

describe('what says when a refresh runs', () => {
  it.each([{ hold: 5 }, { settleMs: 'soon' }, { spreadMs: -1 }])('%j is refused by a composable at once', (wrong) => {
    const call = () => composed(openCart(), () => void onCartRefresh(() => undefined, wrong as never))
    expect(saidOf(call)?.code).toBe('invalid-options')
  })

  it.each([5, 'typing', {}])('%j is refused by a hook where a hold belongs', (hold) => {
    const call = () => rendered(openCart(), () => useCartRefresh(() => undefined, { hold: hold as never }))
    expect(saidOf(call)).toEqual({
      code: 'invalid-options',
      message: expect.stringContaining('onRefresh().hold: expected a function'),
    })
  })

  it('may be null, or numbers in strings, everywhere', async () => {
    const none = null as never
    expect(saidOf(() => rendered(openCart(), () => useCartRefresh(() => undefined, none)))).toBeNull()
    expect(saidOf(() => composed(openCart(), () => void onCartRefresh(() => undefined, none)))).toBeNull()
    const fake = createFakeCart()
    expect(saidOf(() => fake.cart.onRefresh(() => undefined, none)())).toBeNull()
    fake.cart.onRefresh(() => undefined, { settleMs: '250', spreadMs: '4000' } as never)
    fake.cart.start()
    await fake.settle()
    const atMs = fake.nowMs()
    fake.broadcast()
    await fake.settle()
    // Not the 25 s that '250' and '4000' are when they are joined.
    expect([fake.refreshes.length, fake.nowMs() - atMs <= 5_000]).toEqual([1, true])
    fake.close()
  })
})

describe('the options of tools', () => {
  it.each<[string, (cart: CartEcho) => unknown]>([
    ['debug().log', (cart) => debug(cart, { log: console as never })],
    ['measure().onError', (cart) => measure(cart, { onError: 'warn' as never })],
    ['measure().onError', (cart) => measure(cart, { onError: null as never })],
    ['measure().sample', (cart) => measure(cart, { sample: [] as never })],
    ['measure().sample', (cart) => measure(cart, { sample: true as never })],
    ['measure().sample', (cart) => measure(cart, { sample: Symbol('all') as never })],
  ])('that are of another kind are refused, and named: %s', (name, call) => {
    expect(saidOf(() => call(openCart()))).toEqual({
      code: 'invalid-options',
      message: expect.stringContaining(`${name}: expected`),
    })
  })

  it('leave a page out by chance alone, not by a null', () => {
    const measuring = measure(openCart(), { sample: null as never })
    expect(measuring.figures()).not.toEqual({})
    measuring.stop()
  })
})

describe('where a function is optional', () => {
  it.each([5, 'typing', {}, []])('%j is refused, and named', (wrong) => {
    const cart = openCart()
    const hold = saidOf(() => cart.onRefresh(() => undefined, { hold: wrong as never }))
    const page = saidOf(() => livewire(cart, { page: wrong as never }))
    expect([hold, page]).toEqual([
      { code: 'invalid-options', message: expect.stringContaining('hold: expected a function') },
      { code: 'invalid-options', message: expect.stringContaining('page: expected a function') },
    ])
  })

  it.each([undefined, null])('%j is none', (none) => {
    const cart = openCart()
    expect(saidOf(() => cart.onRefresh(() => undefined, { hold: none as never }))).toBeNull()
    expect(saidOf(() => livewire(cart, { page: none as never })())).toBeNull()
  })
})

describe.each([undefined, null, 5, 'cart', {}, { news: null }])('where a cart belongs, %j', (wrong) => {
  const cart = wrong as never
  it.each<[string, () => unknown]>([
    ['livewire(cart)', () => livewire(cart)],
    ['showNotices(cart)', () => showNotices(cart)],
    ['Alpine.plugin(cartEcho(cart))', () => alpinePlugin(cart)],
    ['app.use(cartEcho(cart))', () => createApp({}).use(vuePlugin(cart))],
    ['<CartEchoProvider client={cart}>', () => renderToString(createElement(CartEchoProvider, { client: cart }))],
    ['measure(cart)', () => measure(cart)],
    ['debug(cart)', () => debug(cart)],
    ['mark(cart)', () => mark(cart)],
  ])('is refused, with how it is written: %s', (written, call) => {
    expect(saidOf(call)).toEqual({ code: 'invalid-options', message: `Write ${written}, with your cart.` })
  })
})

describe('the check', () => {
  it.each([
    ['fetch', 'axios'],
    ['fetch', {}],
    ['headers', 'Authorization: Bearer x'],
    ['headers', 5],
  ])('with a %s of another kind is refused, and that is named', (name, wrong) => {
    const check = { url: '/check', [name]: wrong } as never
    expect(saidOf(() => createCartEcho({ user: 1, check }))).toEqual({
      code: 'invalid-options',
      message: expect.stringContaining(`check.${name}`),
    })
  })

  it('with none of them, or with each, is not', () => {
    for (const more of [{ fetch: null, headers: null }, { fetch, headers: {} }, { headers: () => ({}) }])
      expect(saidOf(() => createCartEcho({ user: 1, check: { url: '/check', ...more } as never }))).toBeNull()
  })
})

describe('who is looking', () => {
  it.each([() => ({ user: 1 }), 'user 1', 5, true])(
    'that is no page is refused, and nobody is logged out: %s',
    (wrong) => {
      const cart = openCart()
      cart.start()
      const before = cart.connection.get()
      expect(saidOf(() => cart.identify(wrong as never))).toEqual({
        code: 'invalid-options',
        message: expect.stringContaining('identify(): expected a page'),
      })
      expect(cart.connection.get()).toBe(before)
      cart.stop()
    },
  )
})

describe('the name of an event', () => {
  it.each([undefined, null, 5, {}, [], () => 1])('that is no name is refused: %s', (wrong) => {
    expect(saidOf(() => openCart().on(wrong as never, () => undefined))?.code).toBe('invalid-event')
  })
})

describe('a duration of livewire()', () => {
  it.each(['soon', Number.NaN, -1, {}, Number.POSITIVE_INFINITY])('%s is refused, and named', (wrong) => {
    const cart = openCart()
    for (const name of ['idleMs', 'patienceMs'])
      expect(saidOf(() => livewire(cart, { [name]: wrong }))).toEqual({
        code: 'invalid-options',
        message: expect.stringContaining(`livewire().${name}`),
      })
    expect(saidOf(() => livewire(cart)())).toBeNull()
  })
})

describe('options that are null, as a template prints them', () => {
  it('count as none', () => {
    const cart = openCart()
    expect(saidOf(() => livewire(cart, null as never)())).toBeNull()
    expect(saidOf(() => showNotices(cart, null as never)())).toBeNull()
    expect(saidOf(() => showNotices(cart, { messages: null as never })())).toBeNull()
    expect(saidOf(() => createApp({}).use(vuePlugin(cart, null as never)))).toBeNull()
  })
})
