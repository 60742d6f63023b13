import { expect, it, onTestFinished } from 'vitest'
import { logSays, openCart } from './support/open-cart'

it('a check that is named by a relative address is that of the folder in which the page was, and another in the next', async () => {
  const before = location.href
  onTestFinished(() => history.replaceState(null, '', before))
  const asked: string[] = []
  const fetch = (async (address: unknown) => {
    asked.push(new URL(String(address)).pathname)
    return logSays(new URL(String(address)), { owner: asked.at(-1) })
  }) as typeof globalThis.fetch
  history.replaceState(null, '', '/acme/cart')
  const { cart, pass } = openCart({ connect: undefined, check: { url: 'check', fetch } }, () => new Response())
  await pass(100)
  history.replaceState(null, '', '/beta/cart')
  cart.identify({ user: 1, check: 'check' })
  await pass(100)
  expect(asked).toEqual(['/acme/check', '/beta/check'])
  expect(cart.connection.get().name).toBe('polling')
  cart.stop()
})
