import { describe, expect, it } from 'vitest'
import { openShopperTabs } from '../../support/shopper-tabs'

describe('a leader that has given up, for nobody is logged in,', () => {
  /** Two tabs, both looked at in windows of their own. */
  const givenUp = async () => {
    const shopper = openShopperTabs()
    const { open, pass, shop, pages, clock } = shopper
    open()
    await pass(1_000)
    open()
    await pass(1_000)
    shop.setCheck('session-over')
    await pass(300_000)
    const states = (): string[] => pages.map(({ cart }) => cart.connection.get().because)
    expect(states()).toEqual(['session-over', 'session-over'])
    // Whoever has followed before leaves it at that.
    expect(shopper.leader()).toBe(pages[0])
    const end = async (): Promise<void> => {
      for (const { cart } of pages) cart.stop()
      await pass(1_000)
      expect([clock.pending(), shop.counts.sockets]).toEqual([0, 0])
    }
    return { ...shopper, states, end }
  }

  it('is no reason for a page that is opened after a log-in not to try: all tabs are fed again', async () => {
    const { open, pass, shop, states, end } = await givenUp()
    shop.setCheck('well')
    open()
    await pass(5_000)
    expect(states()).toEqual(['subscribed', 'subscribed', 'subscribed'])
    expect(shop.counts.sockets).toBe(1)
    await end()
  })

  it('is tried anew by start() in any of its tabs', async () => {
    const { pages, pass, shop, states, end } = await givenUp()
    shop.setCheck('well')
    pages[1]?.cart.start()
    await pass(5_000)
    expect(states()).toEqual(['subscribed', 'subscribed'])
    await end()
  })

  it('is tried once by each page that is opened, and left alone then', async () => {
    const { open, pass, shop, states, end } = await givenUp()
    const before = shop.counts.checks
    open()
    open()
    await pass(3_600_000)
    expect(states()).toEqual(Array(4).fill('session-over'))
    expect(shop.counts.checks - before).toBeLessThanOrEqual(4)
    await end()
  })
})
