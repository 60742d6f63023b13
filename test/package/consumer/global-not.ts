// An app of modules, without the script tag: nothing is on its window, and nothing says so.
import { createCartEcho } from 'cart-echo'

// @ts-expect-error: not without 'cart-echo/global'
window.CartEcho?.cart
// @ts-expect-error: nor by its name alone
CartEcho.cart

export const cart = createCartEcho({ check: '/api/cart/check-updates' })
