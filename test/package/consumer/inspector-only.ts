// A page that shows the inspector, and imports nothing else of cart-echo.
import { type CartEcho, type InspectOptions, inspect } from 'cart-echo/inspector'

declare module 'cart-echo/inspector' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

export const show = (cart: CartEcho, options: InspectOptions): (() => void) => {
  cart.on('cart.stock.changed', ({ left }) => left.toFixed(0))
  return inspect(cart, options)
}

document.addEventListener('cart-conditions-changed', ({ detail }) => detail.changes.new_total?.trim())
document.querySelector('cart-echo-inspector')?.remove()
