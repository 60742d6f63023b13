import { reverb } from '../../src/connections/reverb'
import { createCartEcho, readPage } from '../../src/index'
import { hear } from './feed'

// The README's recipe with every default, but for the tabs where the address says so.

const page = readPage()
const cart = createCartEcho({
  ...page,
  connect: reverb(page.reverb),
  check: '/api/cart/check-updates',
  tabs: location.hash !== '#no-tabs',
})
cart.on('cart.conditions.changed', hear)
cart.start()
window.eventPage.isLive = () => cart.connection.get().name === 'live'
