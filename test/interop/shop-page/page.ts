import { reverb } from '../../../src/connections/reverb'
import { createCartEcho, readPage } from '../../../src/index'

declare global {
  interface Window {
    /** What the page for Chromium heard, for who drives it. */
    shopper: {
      readonly heard: readonly string[]
      readonly isLive: () => boolean
    }
  }
}

// The README's recipe. Only where the sockets are is ours: the stand-in's block names its own port, and they go through nginx.
const page = readPage()
const cart = createCartEcho({
  ...page,
  connect: page.reverb && reverb({ ...page.reverb, host: location.hostname, port: Number(location.port) }),
  check: '/api/cart/check-updates',
})
const heard: string[] = []
cart.on('cart.conditions.changed', ({ changes }) => heard.push(String(changes.new_total)))
cart.start()
window.shopper = { heard, isLive: () => cart.connection.get().name === 'live' }
