import { reverb } from '../../src/connections/reverb'
import { createCartEcho, readPage } from '../../src/index'
import { diary, hear, note } from './diary'

// The README's recipe with every default.

const page = readPage()
const cart = createCartEcho({
  ...page,
  connect: reverb(page.reverb),
  check: '/api/cart/check-updates',
  onError: ({ code, message }) => note(`error ${code}: ${message}`),
})
cart.on('cart.conditions.changed', ({ changes }, { via }) => hear(changes.new_total, via))
cart.connection.subscribe(({ name, reason }) => note(`${name}: ${reason}`))
cart.start()
diary.isLive = () => cart.connection.get().name === 'live'
