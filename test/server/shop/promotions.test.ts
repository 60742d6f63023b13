import { describe, expect, it } from 'vitest'
import { holdDate } from '../support/break'
import { browserOf } from '../support/browser'
import { serve } from '../support/serve'
import { settled, subscribedSocket } from '../support/socket'

const THIRD = '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a'
const heard = async (client: { next(): Promise<string> }) => JSON.parse(JSON.parse(await client.next()).data)

describe('removing a condition from all carts', () => {
  it('tells every customer once for each of their carts', async () => {
    const server = await serve()
    const clients = await Promise.all(
      [1, 2, THIRD].map((id) => subscribedSocket(server, `private-App.Models.User.${id}`)),
    )
    const nowMs = holdDate()
    const result = server.shop.removeFromAll('raya-sale')
    expect(result).toMatchObject({ changed: 5, customers: 3 })
    expect(result.publishedAtMs).toBe(nowMs)

    const told = []
    for (const [index, client] of clients.entries()) {
      for (let count = index === 1 ? 1 : 2; count > 0; count -= 1) {
        const { cart_echo } = await heard(client)
        told.push([index + 1, cart_echo.instance, cart_echo.seq])
      }
      await settled(client)
    }
    expect(told).toEqual([
      [1, 'default', 1],
      [1, 'wishlist', 2],
      [2, 'default', 1],
      [3, 'default', 1],
      [3, 'wishlist', 2],
    ])
  })

  it('says what the agreement says, and nothing of slugs', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, 'private-App.Models.User.1')
    server.shop.removeFromAll('raya-sale')
    const payload = await heard(client)
    expect(payload).toEqual({
      message: 'Your cart was updated due to a promotion change',
      changes: {
        condition_removed: 'Raya Sale',
        new_subtotal: 'RM120.00',
        new_total: 'RM120.00',
        savings: 'RM0.00',
        conditions: [{ action: 'removed', display_name: 'Raya Sale', type: 'discount', value: '-10%', item_id: null }],
        totals: { currency: 'MYR', subtotal: 12_000, total: 12_000, savings: 0, previous_total: 10_800 },
      },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      cart_echo: {
        epoch: expect.stringMatching(/^[\w-]{1,32}$/),
        seq: 1,
        id: expect.any(String),
        cart: expect.any(String),
        instance: 'default',
        version: 2,
        code: 'condition_removed',
        locale: 'en',
        spread_ms: 50,
        sent_at_ms: expect.any(Number),
      },
    })
    expect(JSON.stringify(payload)).not.toContain('raya-sale')
  })

  it('is the guide word for word on a server of level guide', async () => {
    const server = await serve({ level: 'guide' })
    const client = await subscribedSocket(server, 'private-App.Models.User.1')
    server.shop.removeFromAll('raya-sale')
    const payload = await heard(client)
    expect(Object.keys(payload)).toEqual(['message', 'changes', 'timestamp'])
    expect(payload.changes).toEqual({
      condition_removed: 'Raya Sale',
      new_subtotal: 'RM120.00',
      new_total: 'RM120.00',
      savings: 'RM0.00',
    })
  })

  it('leaves what is still saved', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, 'private-App.Models.User.2')
    server.shop.removeFromAll('raya-sale')
    expect((await heard(client)).changes.totals).toMatchObject({ subtotal: 11_550, total: 10_972, savings: 578 })
  })

  it('changes nothing and tells nobody the second time', async () => {
    const server = await serve()
    server.shop.removeFromAll('raya-sale')
    const client = await subscribedSocket(server, 'private-App.Models.User.1')
    expect(server.shop.removeFromAll('raya-sale')).toMatchObject({ changed: 0, customers: 0 })
    await settled(client)
  })

  it('can be taken back', async () => {
    const server = await serve()
    const browser = await browserOf(server.url, 1)
    server.shop.removeFromAll('raya-sale')
    expect((await browser.get('/api/cart')).json.cart.total).toBe('RM120.00')
    expect(server.shop.applyToAll('raya-sale')).toMatchObject({ changed: 5, customers: 3 })
    expect((await browser.get('/api/cart')).json.cart).toMatchObject({ total: 'RM108.00', version: 3 })
  })

  it('knows what there is when asked for what there is not', async () => {
    const server = await serve()
    expect(() => server.shop.removeFromAll('no-such')).toThrow(
      expect.objectContaining({ code: 'unknown-condition', message: expect.stringContaining('raya-sale') }),
    )
  })
})

describe('a burst', () => {
  it('is heard in order and without a hole', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, 'private-App.Models.User.1')
    expect(server.shop.burst('raya-sale', 20)).toMatchObject({ changed: 100, customers: 3 })
    const seqs = []
    for (let count = 0; count < 40; count += 1) seqs.push((await heard(client)).cart_echo.seq)
    expect(seqs).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
    await settled(client)
  })
})

describe('publishing an event of one’s own', () => {
  it('gives it the next place in the log and keeps the rest of its block', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, 'private-App.Models.User.1')
    server.shop.publish(1, 'cart.stock.changed', { sku: 'mug', cart_echo: { instance: 'wishlist', seq: 99 } })
    expect(await heard(client)).toMatchObject({ sku: 'mug', cart_echo: { instance: 'wishlist', seq: 1 } })
  })

  it('refuses customers it does not know', async () => {
    const server = await serve()
    expect(() => server.shop.publish('01', 'e', {})).toThrow(expect.objectContaining({ code: 'unknown-customer' }))
  })
})
