import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { createApp } from 'vue'
import { cartEcho as alpinePlugin } from '../src/adapters/alpine'
import { livewire } from '../src/adapters/livewire'
import { CartEchoProvider } from '../src/adapters/react'
import { cartEcho as vuePlugin } from '../src/adapters/vue'
import { createCartEcho } from '../src/create-cart-echo'
import type { CartEcho } from '../src/engine/cart-echo'
import { showNotices } from '../src/notice/notice'
import { debug, mark, measure } from '../src/stats/stats'

// What a page's own code gives by mistake is refused at the call, by a code and with a name, and leaves nothing behind.

const openCart = (errors: unknown[] = []): CartEcho =>
  createCartEcho({ user: 1, check: '/check', onError: (error) => errors.push(error) })

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
