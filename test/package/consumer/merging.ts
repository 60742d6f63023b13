// An app with an event of its own, as the doc of CartEventMap has it.
import type {} from 'cart-echo'
import { createCartEcho, readPage } from 'cart-echo'

declare module 'cart-echo' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

const echo = { private: (channel: string) => channel }
const cart = createCartEcho({
  ...readPage(),
  echo,
  events: [{ name: 'cart.stock.changed', decode: ({ sku, left }) => ({ sku: String(sku), left: Number(left) }) }],
})
createCartEcho({ echo, events: ['cart.stock.changed'] })
createCartEcho({
  echo,
  // @ts-expect-error: left is a number
  events: [{ name: 'cart.stock.changed', decode: ({ sku }) => ({ sku: String(sku), left: String(sku) }) }],
})
createCartEcho({
  echo,
  // @ts-expect-error: no such event
  events: ['cart.stocks.changed'],
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
