import { createCartEcho, readPage } from 'cart-echo'
import { reverb } from 'cart-echo/reverb'

const page = readPage()
export const cart = createCartEcho({ ...page, connect: reverb(page.reverb) })
