// A page of Alpine and Livewire that imports their two adapters, and nothing else of cart-echo.
import { type AlpineLike, cartEcho, type ShownCart } from 'cart-echo/alpine'
import { type CartEcho, type LivewireOptions, livewire } from 'cart-echo/livewire'

declare module 'cart-echo/livewire' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

export const join = (cart: CartEcho, Alpine: AlpineLike): (() => void) => {
  cartEcho(cart)(Alpine)
  const options: LivewireOptions = { refresh: ['cart-updated', 'totals-updated'], patienceMs: 5_000 }
  cart.on('cart.stock.changed', ({ left }) => left.toFixed(0))
  return livewire(cart, options)
}

export const words = ({ message, unread, connection }: ShownCart): string => `${message} ${unread} ${connection.name}`

document.addEventListener('cart-stock-changed', ({ detail }) => detail.left.toFixed(0))
window.addEventListener('cart-conditions-changed', ({ detail }) => detail.changes.new_total)

// @ts-expect-error A name, names, components, or false.
export const wrong: LivewireOptions = { refresh: 7 }
