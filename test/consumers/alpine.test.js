import alpine from 'alpinejs'
import { cartEcho } from 'cart-echo/alpine'
import { createFakeCart } from 'cart-echo/testing'

// jest hands over all of its CommonJS.
const Alpine = alpine.default ?? alpine

let fake

/** What is tested. */
const HTML = `
  <main x-data="{ reads: 0 }" x-cart-echo:refresh="reads += 1">
    <p role="status" x-text="$cartEcho.connection.name + ': ' + ($cartEcho.message || 'Nothing new')"></p>
    <output x-text="reads"></output>
    <button @click="$cartEcho.dismiss()">Dismiss</button>
  </main>`

const text = (selector) => document.querySelector(selector).textContent

// A document has one Alpine, and one cart.
beforeAll(async () => {
  fake = createFakeCart()
  document.body.innerHTML = HTML
  Alpine.plugin(cartEcho(fake.cart))
  Alpine.start()
  fake.cart.start()
  await fake.settle()
})

afterAll(() => {
  Alpine.destroyTree(document.body)
  fake.close()
  expect(fake.pending).toEqual({ timers: 0, listeners: 0, locks: 0, requests: 0, sockets: 0 })
})

test('a change is shown until it is dismissed, and the cart is read anew', async () => {
  expect(text('p')).toBe('live: Nothing new')
  fake.broadcast({ message: 'Raya Sale has ended' })
  await Alpine.nextTick()
  expect(text('p')).toBe('live: Raya Sale has ended')
  await fake.settle()
  expect(text('output')).toBe('1')
  document.querySelector('button').click()
  await Alpine.nextTick()
  expect(text('p')).toBe('live: Nothing new')
})

test('an outage is shown', async () => {
  await fake.bringTo('waiting', 'socket-lost')
  await Alpine.nextTick()
  expect(text('p')).toBe('waiting: Nothing new')
})
