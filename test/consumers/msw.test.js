import { createCartEcho } from 'cart-echo'
import { createFakeShop } from 'cart-echo/testing'
import { checkHandlers } from 'cart-echo/testing/msw'
import { setupServer } from 'msw/node'

const shop = createFakeShop()
const server = setupServer(...checkHandlers(shop))

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => server.close())

test('a page that asks by the real fetch is told what its log has', async () => {
  const page = { user: 7, owner: shop.owner(), cursor: shop.cursor() }
  const cart = createCartEcho({ ...page, check: 'https://shop.test/api/cart/check-updates', tabs: false })
  const heard = []
  cart.on('cart.conditions.changed', ({ message }) => heard.push(message))
  shop.add({ message: 'Raya Sale has ended' })
  const release = cart.start()
  await cart.check()
  release()
  expect(heard).toEqual(['Raya Sale has ended'])
  expect(shop.asked[0]).toEqual({ since: 'e1:0', owner: 'owner-1', answered: 200 })
})
