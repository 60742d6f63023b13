// A test of an app that has an event of its own.
import { createCartEcho } from 'cart-echo'
import { echo } from 'cart-echo/echo'
import {
  aChange,
  anAnswer,
  createFakeBrowser,
  createFakeCart,
  createFakeEcho,
  createFakeShop,
  type FakeCart,
} from 'cart-echo/testing'

declare module 'cart-echo/testing' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

const fake: FakeCart = createFakeCart({ user: 7, events: ['cart.stock.changed'], check: { intervalMs: 5_000 } })

fake.broadcast()
fake.broadcast({ message: null, changes: { new_total: 'RM120.00' } }).changes.new_total?.startsWith('RM')
fake.broadcast('cart.stock.changed', { sku: 'mug', left: 3 }).left.toFixed()
fake.broadcast('cart.conditions.changed', { message: 'Raya Sale has ended' }).timestamp.trim()
// @ts-expect-error A message is a string or null.
fake.broadcast({ message: 5 })
// @ts-expect-error There is no such key.
fake.broadcast({ mesage: 'Raya Sale has ended' })
// @ts-expect-error There is no such event.
fake.broadcast('cart.stok.changed', { sku: 'mug', left: 3 })
// @ts-expect-error Of an event of one's own nothing is made up.
fake.broadcast('cart.stock.changed', { sku: 'mug' })

aChange({ message: 'Raya Sale has ended' }).message?.trim()
aChange('cart.stock.changed', { sku: 'mug', left: 3 }).sku.trim()
// @ts-expect-error Left is a number.
aChange('cart.stock.changed', { sku: 'mug', left: '3' })
// @ts-expect-error An amount is a string.
aChange({ changes: { new_total: 120 } })

anAnswer({ cursor: 'e1:1', events: [aChange(), { event: 'cart.stock.changed', payload: { sku: 'mug', left: 3 } }] })
// @ts-expect-error There is no such event.
anAnswer({ cursor: 'e1:1', events: [{ event: 'cart.stok.changed', payload: { sku: 'mug', left: 3 } }] })

fake.answer('too-many-requests', { retryAfterS: 30, times: 2 })
fake.answer(anAnswer({ message: 'Raya Sale has ended' }))
fake.answer({ status: 418, body: { message: 'I am a teapot' } })
// @ts-expect-error There is no such answer.
fake.answer('too-many-request')
// @ts-expect-error Seconds are a number.
fake.answer('maintenance', { retryAfterS: '30' })

export const states = async (): Promise<void> => {
  const { reason } = await fake.bringTo('live', 'subscribed')
  const subscribed: 'subscribed' = reason
  const { error } = await fake.bringTo('refused', 'session-over')
  error.code.trim()
  await fake.bringTo('waiting', 'socket-lost')
  // @ts-expect-error Live is live: a lost socket is waited for, or the page polls.
  await fake.bringTo('live', 'socket-lost')
  // @ts-expect-error A page that does not listen is not subscribed.
  await fake.bringTo('idle', 'subscribed')
  // @ts-expect-error A check that fails is waited for.
  await fake.bringTo('polling', 'check-failed')
  // @ts-expect-error There is no such state.
  await fake.bringTo('offline', 'socket-lost')
  const { found } = await fake.settle(fake.cart.check())
  console.log(subscribed, found)
  await fake.settle()
}

fake.page('hidden')
// @ts-expect-error That the machine slept is said by sleeps().
fake.page('woke')
// @ts-expect-error What was heard is there to be read.
fake.heard.push()

const [first] = fake.heard
if (first?.event === 'cart.stock.changed') first.change.left.toFixed()
fake.cart.on('cart.stock.changed', ({ left }) => left.toFixed())

const browser = createFakeBrowser({ log: false })
createFakeCart({ browser })
// @ts-expect-error A shop is no browser.
createFakeCart({ browser: createFakeShop() })
// @ts-expect-error It is an option of createCartEcho.
createFakeCart({ conect: false })

document.addEventListener('cart-stock-changed', ({ detail }) => detail.left.toFixed())

const shopEcho = createFakeEcho({ channels: 403 })
shopEcho.emit('cart.stock.changed', { sku: 'mug', left: 3 }).toFixed()
shopEcho.emit('cart.conditions.changed')
// @ts-expect-error There is no such event.
shopEcho.emit('cart.stok.changed', { sku: 'mug', left: 3 })
// @ts-expect-error Left is a number.
shopEcho.emit('cart.stock.changed', { sku: 'mug', left: '3' })
// @ts-expect-error pusher-js has no such state.
shopEcho.become('reconnecting')
createCartEcho({ connect: echo(() => shopEcho.echo), user: 7 })

export const settling = async (): Promise<void> => {
  // @ts-expect-error Of nothing there comes no number.
  const nothing: number = await fake.settle()
  const name: string = await fake.settle(Promise.resolve('name'))
  // @ts-expect-error No promise: the function that makes one.
  await fake.settle(fake.cart.check)
  const { starts, listeners } = fake.unreleased
  nothing.toFixed(starts + listeners)
  name.trim()
}
