// A Vue app that imports the adapter and nothing else of cart-echo, and has an event of its own.
import { type CartEcho, cartEcho, onCartChange, useCartConnection, useCartNews } from 'cart-echo/vue'
import { createApp, ref } from 'vue'

declare module 'cart-echo/vue' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

const setup = () => {
  const connection = useCartConnection()
  const count = useCartNews(({ unread }) => unread.length)
  onCartChange(({ changes }) => changes.new_total?.startsWith('RM'))
  const stop: () => void = onCartChange('cart.stock.changed', ({ left }) => left.toFixed(0))
  // @ts-expect-error There is no such event.
  onCartChange('cart.stok.changed', () => undefined)
  // @ts-expect-error It is read-only.
  connection.value = { name: 'live', reason: 'subscribed', sinceMs: 0 }
  return () => `${connection.value.name} ${count.value.toFixed(0)} ${stop}`
}

export const shop = (client: CartEcho) => {
  const page = ref({ user: 7 })
  createApp({ setup }).use(cartEcho(client, { page })).mount('main')
}

document.addEventListener('cart-stock-changed', ({ detail }) => detail.left.toFixed(0))
