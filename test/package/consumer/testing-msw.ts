// A test that answers by msw.
import { createFakeShop } from 'cart-echo/testing'
import { authHandlers, checkHandlers } from 'cart-echo/testing/msw'
import type { HttpHandler } from 'msw'

const shop = createFakeShop({ owner: 'h7Qk' })
const auth = authHandlers('forbidden', { url: 'https://shop.test/broadcasting/auth' })
export const handlers: readonly HttpHandler[] = [...checkHandlers(shop, { url: '/check' }), ...auth.handlers]

auth.answer('granted')
auth.asked[0]?.channel?.startsWith('private-')
// @ts-expect-error There is no such answer.
auth.answer('allowed')
// @ts-expect-error There is no such answer.
authHandlers('forbiden')
// @ts-expect-error A shop comes from createFakeShop().
checkHandlers({ log: [] })
// @ts-expect-error The address is url.
checkHandlers(shop, { path: '/check' })
