// A React app that imports the adapter and nothing else of cart-echo, and has an event of its own.
import { type CartEcho, CartEchoProvider, useCartChange, useCartConnection, useCartNews } from 'cart-echo/react'
import { createElement } from 'react'

declare module 'cart-echo/react' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

export const Notice = () => {
  const { name } = useCartConnection()
  const count: number = useCartNews(({ unread }) => unread.length)
  useCartChange(({ changes }) => changes.new_total?.startsWith('RM'))
  useCartChange('cart.stock.changed', ({ left }, { event }) => left.toFixed(0) + event)
  // @ts-expect-error There is no such event.
  useCartChange('cart.stok.changed', () => undefined)
  // @ts-expect-error There is no such field.
  useCartChange('cart.stock.changed', ({ right }) => right)
  return createElement('p', null, `${name} ${count}`)
}

export const shop = (client: CartEcho) =>
  createElement(CartEchoProvider, { client, page: { user: 7 } }, createElement(Notice))

document.addEventListener('cart-stock-changed', ({ detail }) => detail.left.toFixed(0))

// @ts-expect-error A provider needs its client.
createElement(CartEchoProvider, {})
