// The same, with an event of the shop's own: merged into 'cart-echo', heard through cart-echo/core.
import type {} from 'cart-echo'
import { type CartEcho, type EventOption, readListening } from 'cart-echo/core'

declare module 'cart-echo' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

export const hear = (cart: CartEcho): void => {
  cart.on('cart.stock.changed', (change, meta) => {
    const left: number = change.left
    const event: 'cart.stock.changed' = meta.event
    // @ts-expect-error: there is no such key
    change.right
    return void [left, event]
  })
  cart.on('cart.conditions.changed', ({ message }) => message?.trim())
  // @ts-expect-error: misspelt
  cart.on('cart.stocks.changed', () => {})
  const { last } = cart.news.get()
  if (last?.event === 'cart.stock.changed') console.log(last.meta.key, last.change.left.toFixed())
  // @ts-expect-error the payload of another event
  if (last?.event === 'cart.conditions.changed') console.log(last.change.left)
}

readListening(['cart.stock.changed'])
readListening([{ name: 'cart.stock.changed', decode: ({ sku, left }) => ({ sku: String(sku), left: Number(left) }) }])
// @ts-expect-error: left is a number
readListening([{ name: 'cart.stock.changed', decode: ({ sku }) => ({ sku: String(sku), left: 'few' }) }])
// @ts-expect-error: another event's payload
readListening([{ name: 'cart.conditions.changed', decode: () => ({ sku: 'A', left: 1 }) }])
const options: readonly EventOption[] = ['cart.stock.changed', 'cart.conditions.changed']
readListening(options)

document.addEventListener('cart-stock-changed', ({ detail }) => detail.left.toFixed())
window.addEventListener('cart-stock-changed', ({ detail }) => detail.sku.trim())
// @ts-expect-error: there is no such key
window.addEventListener('cart-stock-changed', ({ detail }) => detail.right)
