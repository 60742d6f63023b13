import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { refused } from '../../src/engine/state'
import type { Transport } from '../../src/engine/transport'
import { openShopperTabs } from '../support/shopper-tabs'

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
    const states = (): string[] => pages.map(({ cart }) => cart.connection.get().reason)
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

describe('a leader whose page lacks what it needs for a socket', () => {
  const withoutEcho: Transport = (sink) => {
    sink.state(refused('echo-failed'))
    return { stop: () => undefined }
  }

  it.each(['no-echo', 'echo-failed', 'no-web-socket', 'page-expired'] as const)(
    'gives way to a page that is opened later: %s',
    async (reason) => {
      const { open, pass, shop, pages, leader } = openShopperTabs()
      const without: Transport = (sink) => {
        sink.state({ name: 'refused', reason, error: new CartEchoError(reason, 'Not on this page.') })
        return { stop: () => undefined }
      }
      open({ live: without })
      await pass(5_000)
      expect(pages.map(({ cart }) => cart.connection.get().reason)).toEqual([reason])
      open()
      await pass(5_000)
      expect(leader()).toBe(pages[1])
      expect(pages.map(({ cart }) => cart.connection.get().name)).toEqual(['live', 'live'])
      expect(shop.counts.sockets).toBe(1)
    },
  )

  it('and only came to lead because another was closed gives way to whoever can do better', async () => {
    const { open, pass, pages, leader } = openShopperTabs()
    for (const live of [undefined, withoutEcho, withoutEcho, undefined]) {
      open(live ? { live } : {})
      await pass(1_000)
    }
    pages[0]?.cart.stop()
    await pass(10_000)
    expect(leader()).toBe(pages[3])
    expect(pages.slice(1).map(({ cart }) => cart.connection.get().name)).toEqual(['live', 'live', 'live'])
  })

  it('keeps its place when all of them lack it, and each has tried once', async () => {
    const { open, pass, pages, browser, shop } = openShopperTabs()
    for (let count = 0; count < 3; count += 1) {
      open({ live: withoutEcho })
      await pass(10_000)
    }
    const [before, posted] = [shop.counts.checks, browser.posted().length]
    await pass(300_000)
    expect(pages.map(({ cart }) => cart.connection.get().reason)).toEqual(Array(3).fill('echo-failed'))
    expect(shop.counts.checks - before).toBeLessThanOrEqual(10)
    // Probes of two tabs, once a minute, and the leader's polls.
    expect(browser.posted().length - posted).toBeLessThan(50)
  })
})

describe('a hidden leader without a socket', () => {
  it('is relieved after 5 s and up to 5 more at random, so that not all shoppers do it at once', async () => {
    const { open, pass, pages, leader, shop } = openShopperTabs()
    for (let count = 0; count < 2; count += 1) {
      open()
      await pass(3_000)
    }
    pages[0]?.tab.signal('hidden')
    shop.setSocket(false)
    await pass(7_400)
    expect(leader()).toBe(pages[0])
    await pass(200)
    expect(leader()).toBe(pages[1])
  })

  it('is not relieved before the server may be asked again', async () => {
    const { open, pass, pages, leader, shop } = openShopperTabs()
    for (let count = 0; count < 2; count += 1) open({ hasLive: false })
    await pass(1_000)
    pages[0]?.tab.signal('hidden')
    pages[1]?.tab.signal('hidden')
    pages[0]?.tab.signal('visible')
    shop.setCheck('busy')
    await pass(40_000)
    expect(pages[1]?.cart.connection.get().reason).toBe('check-busy')
    const before = shop.counts.checks
    pages[0]?.tab.signal('hidden')
    pages[1]?.tab.signal('visible')
    const nextTryAtMs = Number(pages[1]?.cart.nextTryAtMs())
    expect(nextTryAtMs).toBeGreaterThan(0)
    while (pages[1] && pages[1].tab.environment.nowMs() < nextTryAtMs - 500) await pass(400)
    expect(shop.counts.checks).toBe(before)
    expect(leader()).toBe(pages[0])
  })
})
