import { describe, expect, it } from 'vitest'
import type { EventOption } from '../src/engine/events'
import { logSays, openCart } from './support/open-cart'
import { at, change } from './support/payloads'

const STOCK = 'cart.stock.changed'
const events = [STOCK] as unknown as EventOption[]

describe('what makes a change the same change', () => {
  it('one id of two events is two changes, as of one order that changes both', () => {
    const { cart, echo, heard, goLive } = openCart({ events })
    goLive()
    echo.send(change({ id: 'order-5' }, 'conditions'))
    echo.send(change({ id: 'order-5' }, 'stock'), STOCK)
    echo.send(change({ id: 'order-5' }, 'stock again'), STOCK)
    expect(heard).toEqual(['conditions: RM120.00', 'stock: RM120.00'])
    cart.stop()
  })

  it('one id of two cart instances is two changes: that of the wishlist does not swallow that of the cart', () => {
    const { cart, echo, heard, goLive } = openCart()
    goLive()
    echo.send(change({ id: 5, instance: 'wishlist' }, 'of the wishlist'))
    echo.send(change({ id: 5 }, 'of the cart'))
    echo.send(change({ id: '5', instance: 'default' }, 'of the cart again'))
    expect(heard).toEqual(['of the cart: RM120.00'])
    cart.stop()
  })

  it.each([
    ['the time', { timestamp: '2026-11-23T10:00:05+00:00' }, {}],
    ['how widely to spread', {}, { spread_ms: 8_000 }],
    ['the language', {}, { locale: 'ms' }],
  ])('%s is no content: without an id it does not make another change', (_what, more, block) => {
    const { cart, echo, heard, goLive } = openCart()
    goLive()
    echo.send(change())
    echo.send({ ...change(block), ...more })
    expect(heard).toHaveLength(1)
    echo.send({ ...change({ code: 'fee_added' }), ...more })
    expect(heard).toHaveLength(2)
    cart.stop()
  })
})

describe('a broadcast without a place beside a bare check', () => {
  const total = (amount: string) => ({ ...change({}, 'Sale ended'), changes: { new_total: amount } })
  const bare = (message: string | null) => Response.json({ updated: message !== null, message })

  it('of other changes is news, though the check has just said the same words of the broadcast before', async () => {
    let said: string | null = null
    const { cart, echo, heard, goLive, pass } = openCart({}, () => bare(said))
    goLive()
    await pass(100)
    echo.send(total('1'))
    await pass(11_000)
    said = 'Sale ended'
    await cart.check({ refresh: false })
    await pass(5_000)
    echo.send(total('2'))
    expect(heard.at(-1)).toBe('Sale ended: 2')
    expect(cart.news.get().last?.change).toMatchObject({ changes: { new_total: '2' } })
    cart.stop()
  })

  it('is the news of the check where it is the first of these words', async () => {
    const { cart, echo, heard, goLive, pass } = openCart({}, () => bare('Sale ended'))
    goLive()
    await pass(100)
    echo.send(total('1'))
    expect(heard).toEqual(['Sale ended'])
    echo.send(total('2'))
    expect(heard).toEqual(['Sale ended', 'Sale ended: 2'])
    cart.stop()
  })

  it('of the wishlist does not swallow what the check says of the cart in the same words', async () => {
    let said: string | null = null
    const { cart, echo, heard, goLive, pass } = openCart({}, () => bare(said))
    goLive()
    await pass(100)
    echo.send(change({ instance: 'wishlist' }, 'Sale ended'))
    said = 'Sale ended'
    await cart.check({ refresh: false })
    expect(heard).toEqual(['Sale ended'])
    cart.stop()
  })

  it('of an event of your own, which has no message, is never what the check says', async () => {
    const { cart, echo, heard, goLive, pass } = openCart({ events }, () => Response.json({ updated: true }))
    goLive()
    await pass(100)
    echo.send({ sku: 1 }, STOCK)
    echo.send({ sku: 2 }, STOCK)
    expect(heard).toEqual(['null', 'undefined', 'undefined'])
    cart.stop()
  })
})

describe('a page that cannot ask', () => {
  it.each([
    ['an empty log', ':0', 2, true],
    ['an empty log', ':0', 1, false],
    ['an earlier place', 'e1:4', 6, true],
    ['the place before', 'e1:4', 5, false],
    ['the end of another life of the counter', 'e0:4', 5, true],
  ])('of %s (%s) that hears number %i is stale: %s', async (_what, cursor, seq, stale) => {
    const { cart, echo, heard, goLive, pass } = openCart({ cursor })
    goLive()
    echo.send(at(seq))
    await pass(3_000)
    expect(heard).toEqual([`change ${seq}: RM120.00`])
    expect(cart.news.get().stale).toBe(stale)
    cart.stop()
  })
})

describe('a page that knows a log', () => {
  const intruder = () => Response.json({ updated: true, message: 'Win a prize' })

  it.each([
    ['by its block', { owner: 'mine', cursor: 'e1:0' }],
    ['by its cursor alone', { cursor: 'e1:0' }],
    ['by its owner alone', { owner: 'mine' }],
  ])(
    '%s, takes bare JSON for something else than the shop: nothing is told, and check() rejects',
    async (_how, identity) => {
      const { cart, heard, errors, pass } = openCart({ connect: undefined, ...identity }, intruder)
      await pass(100)
      expect(heard).toEqual([])
      expect(errors.map(({ code }) => code)).toEqual(['blocked'])
      await expect(cart.check()).rejects.toMatchObject({ code: 'blocked' })
      expect(cart.connection.get()).toMatchObject({ name: 'waiting', reason: 'blocked' })
      cart.stop()
    },
  )

  it('by an answer, does so too', async () => {
    let isCached = false
    const says = (url: URL) => (isCached ? intruder() : logSays(url, {}))
    const { cart, heard, errors, pass } = openCart({}, says)
    await pass(8_000)
    isCached = true
    await expect(cart.check()).rejects.toMatchObject({ code: 'blocked' })
    expect(heard).toEqual([])
    expect(errors.map(({ code }) => code)).toContain('blocked')
    cart.stop()
  })
})
