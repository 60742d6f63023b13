import { act, cleanup, render, screen } from '@testing-library/react'
import { CartEchoProvider, useCartConnection, useCartNews, useCartRefresh } from 'cart-echo/react'
import { createFakeCart } from 'cart-echo/testing'
import { createElement, useState } from 'react'

/** What is tested. */
const Cart = () => {
  const { name } = useCartConnection()
  const message = useCartNews(({ unread }) => unread.at(-1)?.change.message ?? 'Nothing new')
  const [reads, setReads] = useState(0)
  useCartRefresh(() => setReads((count) => count + 1))
  return createElement('p', { role: 'status' }, `${name}: ${message}, read ${reads} times`)
}

const text = () => screen.getByRole('status').textContent

let fake

beforeEach(async () => {
  fake = createFakeCart()
  render(createElement(CartEchoProvider, { client: fake.cart }, createElement(Cart)))
  await act(() => fake.settle())
})

afterEach(() => {
  cleanup()
  fake.close()
})

test('a change is shown, and the cart is read anew', async () => {
  expect(text()).toBe('live: Nothing new, read 0 times')
  act(() => void fake.broadcast({ message: 'Raya Sale has ended' }))
  expect(text()).toBe('live: Raya Sale has ended, read 0 times')
  await act(() => fake.settle())
  expect(text()).toBe('live: Raya Sale has ended, read 1 times')
})

test('an outage is shown, with what the page does', async () => {
  await act(() => fake.bringTo('polling', 'socket-lost'))
  expect(text()).toBe('polling: Nothing new, read 0 times')
})

test('the provider starts the cart, and leaves nothing once that is closed', () => {
  expect(fake.pending.sockets).toBe(1)
  cleanup()
  // The provider itself would end it two seconds later, for a remount may follow.
  fake.close()
  expect(fake.pending).toEqual({ timers: 0, listeners: 0, locks: 0, requests: 0, sockets: 0 })
})
