// An app with an event of its own, as the doc of CartEventMap has it.
import type {} from 'cart-echo'
import { createCartEcho, readPage } from 'cart-echo'
import { echo } from 'cart-echo/echo'

declare module 'cart-echo' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

const connect = echo({ private: (channel: string) => channel })
const cart = createCartEcho({
  ...readPage(),
  connect,
  events: [{ name: 'cart.stock.changed', decode: ({ sku, left }) => ({ sku: String(sku), left: Number(left) }) }],
})
createCartEcho({ connect, events: ['cart.stock.changed'] })
createCartEcho({
  connect,
  // @ts-expect-error: left is a number
  events: [{ name: 'cart.stock.changed', decode: ({ sku }) => ({ sku: String(sku), left: String(sku) }) }],
})
createCartEcho({
  connect,
  // Of an event that nobody merged, the DOM event alone is heard.
  events: ['cart.orders.changed'],
})

cart.on('cart.stock.changed', (change) => change.left.toFixed())
cart.on('cart.conditions.changed', (change) => change.changes.new_total?.trim())
// @ts-expect-error: there is no such key
cart.on('cart.stock.changed', (change) => change.changes)

document.addEventListener('cart-stock-changed', (event) => event.detail.left.toFixed())
window.addEventListener('cart-stock-changed', (event) => event.detail.left.toFixed())
document.addEventListener('cart-conditions-changed', (event) => event.detail.changes.new_total?.trim())
// @ts-expect-error: there is no such key
document.addEventListener('cart-stock-changed', (event) => event.detail.changes)

// What was written before there was an event without a message goes on compiling.
const messages: (string | null | undefined)[] = cart.news.get().unread.map(({ change }) => change.message)
// `event` still tells them apart, and what it tells fits where the payload itself is wanted.
for (const news of cart.news.get().unread) {
  if (news.event === 'cart.stock.changed') {
    const stock: { sku: string; left: number } = news.change
    // @ts-expect-error: of another event
    news.change.changes
    void stock
  }
  // @ts-expect-error: not of every event
  news.change.changes
}
void messages
