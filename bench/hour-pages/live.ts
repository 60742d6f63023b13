import { reverb } from '../../src/connections/reverb'
import { createCartEcho, readPage } from '../../src/index'
import { diary, hear } from '../tab-pages/diary'
import { blockThroughProxy } from './through-proxy'

blockThroughProxy()
const page = readPage()
const cart = createCartEcho({ ...page, connect: reverb(page.reverb), check: '/api/cart/check-updates' })
cart.on('cart.conditions.changed', ({ changes }, { via }) => hear(changes.new_total, via))
cart.start()
diary.isLive = () => cart.connection.get().name === 'live'
