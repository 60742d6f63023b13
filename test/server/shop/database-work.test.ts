import { describe, expect, it } from 'vitest'
import { browserOf } from '../support/browser'
import { serve } from '../support/serve'

const CHECK = '/api/cart/check-updates'

describe('the database of a shop', () => {
  it('keeps as many entries as it was told', async () => {
    const server = await serve({ keepEntries: 3 })
    const browser = await browserOf(server.url, 1)
    for (let count = 0; count < 5; count += 1) server.shop.publish(1, 'news', {})
    const epoch = (await browser.get(CHECK)).json.cart_echo.cursor.split(':')[0]
    expect((await browser.get(`${CHECK}?since=${epoch}:2`)).json.cart_echo.events).toHaveLength(3)
    expect((await browser.get(`${CHECK}?since=${epoch}:1`)).json.cart_echo.reset).toBe(true)
  })

  it('is pruned, renewed, backed up and restored from code', async () => {
    const { shop, url } = await serve()
    const browser = await browserOf(url, 1)
    const cursor = async () => (await browser.get(CHECK)).json.cart_echo.cursor
    shop.publish(1, 'news', {})
    const backup = shop.backup()
    const before = await cursor()
    shop.prune(1, 0)
    expect((await browser.get(`${CHECK}?since=:0`)).json.cart_echo.reset).toBe(true)
    shop.newEpoch(null)
    expect(await cursor()).not.toContain(before.split(':')[0])
    shop.restore(backup)
    expect(await cursor()).toBe(before)
    expect((await browser.get(`${CHECK}?since=:0`)).json.cart_echo.events).toHaveLength(1)
  })

  it('does not know customers who are not there', async () => {
    const { shop } = await serve()
    const unknown = expect.objectContaining({ code: 'unknown-customer' })
    expect(() => shop.prune(9, 0)).toThrow(unknown)
    expect(() => shop.newEpoch('nobody')).toThrow(unknown)
    expect(() => shop.broadcast(9, 'news', {})).toThrow(unknown)
  })
})

describe('what pages are told', () => {
  it('can be set when the server is started', async () => {
    const { url } = await serve({ policy: { pollMs: 1_000, enabled: false } })
    const browser = await browserOf(url, 1)
    expect((await browser.get(CHECK)).json.cart_echo).toMatchObject({
      enabled: false,
      poll: { interval_ms: 1_000 },
      audit: { interval_ms: 300_000 },
    })
    expect((await browser.get('/session')).json.page).toMatchObject({ enabled: false, check: { interval_ms: 1_000 } })
  })
})
