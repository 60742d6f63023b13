import { createCartEcho, readPage } from '../../src/index'
import { diary, hear } from '../tab-pages/diary'
import { blockThroughProxy } from './through-proxy'

blockThroughProxy()
// A shop without a socket server, or a page whose socket cannot be had.
const { reverb: _, ...page } = readPage()
const cart = createCartEcho({ ...page, check: '/api/cart/check-updates' })
cart.on('cart.conditions.changed', ({ changes }, { via }) => hear(changes.new_total, via))
cart.start()
diary.isLive = () => cart.connection.get().name === 'polling'
