// The same, with an event of the shop's own.
import type {} from 'cart-echo'
import { reverb } from 'cart-echo/reverb'

declare module 'cart-echo' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

reverb({ key: 'app-key' })

document.addEventListener('cart-stock-changed', ({ detail }) => detail.left.toFixed())
window.addEventListener('cart-stock-changed', ({ detail }) => detail.sku.trim())
document.addEventListener('cart-conditions-changed', ({ detail }) => detail.message?.trim())
// @ts-expect-error: there is no such key
document.addEventListener('cart-stock-changed', ({ detail }) => detail.right)
