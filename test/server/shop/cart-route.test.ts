import { expect, it } from 'vitest'
import { browserOf, openBrowser } from '../support/browser'
import { serve } from '../support/serve'

it('gives the cart of the session’s customer, formatted, and the cursor it is as new as', async () => {
  const server = await serve()
  const browser = await browserOf(server.url, 1)
  const { json, headers } = await browser.get('/api/cart')
  expect(json).toMatchObject({ customer: { id: 1, name: 'Customer 1' }, cursor: ':0' })
  expect(json.cart).toMatchObject({
    instance: 'default',
    version: 1,
    lines: [
      { sku: 'mug', name: 'Enamel mug', quantity: 2, price: 'RM25.00', total: 'RM50.00' },
      { sku: 'tote', total: 'RM40.00' },
      { sku: 'candle', total: 'RM30.00' },
    ],
    conditions: [
      { display_name: 'Raya Sale', type: 'discount', value: '-10%', amount: '-RM12.00' },
      { display_name: 'Free Gift Wrap', type: 'gift', value: 'free', amount: 'RM0.00' },
    ],
    subtotal: 'RM120.00',
    total: 'RM108.00',
    savings: 'RM12.00',
    totals: { currency: 'MYR', subtotal: 12_000, total: 10_800, savings: 1_200 },
  })
  expect(headers.get('cache-control')).toBe('private, no-store')
})

it('gives another instance by name, and none that is not there', async () => {
  const browser = await browserOf((await serve()).url, 1)
  expect((await browser.get('/api/cart?instance=wishlist')).json.cart.instance).toBe('wishlist')
  for (const name of ['no-such', '__proto__', ''])
    expect((await browser.get(`/api/cart?instance=${name}`)).status).toBe(404)
})

it('gives nothing to nobody', async () => {
  const answer = await openBrowser((await serve()).url).get('/api/cart')
  expect([answer.status, answer.json]).toEqual([401, { message: 'Unauthenticated.' }])
})

it('knows no cursor on a server of level guide', async () => {
  const browser = await browserOf((await serve({ level: 'guide' })).url, 1)
  expect((await browser.get('/api/cart')).json.cursor).toBeNull()
})
