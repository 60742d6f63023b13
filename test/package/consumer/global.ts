// A page's own script beside the script tag, which imports nothing of cart-echo that runs.
import type { CartEcho as Cart, CartEchoGlobal } from 'cart-echo/global'

declare module 'cart-echo/global' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

// Before the tag: the stub of the README, word by word.
window.CartEcho ??= {
  queue: [],
  ready(callback) {
    this.queue.push(callback)
  },
}
window.CartEcho?.ready((cart) => cart.start())
const later = (): void => {
  // @ts-expect-error: where the tag is async it may not be there yet
  window.CartEcho.ready(() => {})
}
const early: Cart | undefined = window.CartEcho?.cart
// @ts-expect-error: the stub has none
window.CartEcho?.cart.start()
// @ts-expect-error: the stub queues
window.CartEcho = { ready() {} }

// After it.
CartEcho.ready((cart) => {
  cart.on('cart.conditions.changed', ({ changes }) => changes.new_total?.trim())
  cart.on('cart.stock.changed', ({ left }) => left.toFixed())
  // @ts-expect-error: misspelt
  cart.on('cart.condition.changed', () => {})
})
const stop: () => void = CartEcho.start({ instance: 'wishlist', onError: ({ code }) => console.warn(code) })
CartEcho.start()
CartEcho.inspect().then((close) => close?.())
CartEcho.start({ connect: undefined, user: undefined })
// @ts-expect-error: misspelt
CartEcho.start({ instances: 'wishlist' })
// @ts-expect-error: there is only one
CartEcho = { queue: [] }
// @ts-expect-error: read-only
CartEcho.version = '2'
// @ts-expect-error: the tag's own
CartEcho.begin()

const cart: Cart = CartEcho.cart
const page: CartEchoGlobal = CartEcho
document.addEventListener('cart-echo-ready', ({ detail }) => detail.start())
document.addEventListener('cart-stock-changed', ({ detail }) => detail.left.toFixed())

export { cart, early, later, page, stop }
