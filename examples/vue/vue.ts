import { createCartEcho, readPage } from 'cart-echo'
import { reverb } from 'cart-echo/reverb'
import { cartEcho } from 'cart-echo/vue'
import { createApp } from 'vue'
import ShoppingCart from './cart.vue'

const page = readPage()
const client = createCartEcho({ ...page, connect: reverb(page.reverb) })
createApp(ShoppingCart).use(cartEcho(client)).mount('#app')
