// A page that shows notices, and imports nothing else of cart-echo.
import { type CartEcho, type NoticeOptions, showNotices } from 'cart-echo/notice'

declare module 'cart-echo/notice' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

export const show = (cart: CartEcho, options: NoticeOptions): (() => void) => {
  cart.on('cart.stock.changed', ({ left }) => left.toFixed(0))
  return showNotices(cart, options)
}

document.addEventListener('cart-echo-notice', (event) => {
  event.detail.text.trim()
  event.preventDefault()
})
document.querySelector('cart-echo-notice')?.remove()
