import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser'
import {
  type ChromiumTab,
  type ChromiumTabs,
  describeFull,
  leaveAndReturn,
  openCachingBrowser,
  openTabs,
} from '../support/page-life'
import { type CartPage, openShopFront, type ShopFront } from '../support/shop-front'
import { until } from '../support/until'

// Five tabs of one shopper: real Chromium, real locks and lines, real sockets.

let front: ShopFront

beforeEach(async () => {
  front = await openShopFront()
})

afterEach(() => front.close())

const FIVE = 5

const sum = (byStatus: Readonly<Record<string, number>>): number =>
  Object.values(byStatus).reduce((total, count) => total + count, 0)

/** What the server has had to do so far. */
const load = () => {
  const { upgrades, auth, checks } = front.server.seen()
  return { sockets: front.server.sockets(), upgrades, auth: sum(auth), checks: sum(checks) }
}

/** One more change of the shopper's cart. */
const change = (): void => {
  front.server.shop.publish(1, 'cart.conditions.changed', {
    message: 'Your cart was updated due to a promotion change',
    changes: { condition_removed: 'Raya Sale', new_subtotal: 'RM120.00', new_total: 'RM120.00', savings: 'RM0.00' },
    timestamp: new Date().toISOString(),
  })
}

const placesOf = ({ heard }: CartPage): number[] => heard.map(({ key }) => Number(key.split(':')[1]))

const upTo = (count: number, from = 1): number[] => Array.from({ length: count }, (_, index) => from + index)

describe('five tabs that are open side by side', () => {
  let browser: Browser
  let context: BrowserContext
  let pages: Page[]

  beforeAll(async () => {
    browser = (await openBrowser()).browser
  }, 60_000)

  afterAll(() => browser.close())

  beforeEach(async () => {
    context = await browser.newContext()
    pages = []
  })

  afterEach(() => context.close())

  const open = async (count = FIVE): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      const page = await context.newPage()
      await page.goto(front.cartUrl)
      pages.push(page)
      await becomes(page, 'live')
    }
  }

  const diary = (page: Page): Promise<CartPage> =>
    page.evaluate(() => (window as unknown as { cartPage: CartPage }).cartPage)

  const becomes = (page: Page, state: string): Promise<void> =>
    expect.poll(async () => (await diary(page)).state, { timeout: 10_000 }).toBe(state)

  const haveHeard = (those: readonly Page[], places: readonly number[]): Promise<void> =>
    expect
      .poll(async () => (await Promise.all(those.map(diary))).map(placesOf), { timeout: 15_000 })
      .toEqual(those.map(() => places))

  it('cost the server one socket, one authorisation and one request', async () => {
    await open()
    expect(load()).toEqual({ sockets: 1, upgrades: 1, auth: 1, checks: 1 })
    for (let count = 0; count < 4; count += 1) change()
    await haveHeard(pages, upTo(4))
    expect(load()).toEqual({ sockets: 1, upgrades: 1, auth: 1, checks: 1 })
    expect((await Promise.all(pages.map(diary))).map(({ errors }) => errors)).toEqual(pages.map(() => []))
  }, 60_000)

  it('go on without a gap when the one with the socket is closed, again and again', async () => {
    await open()
    const survivors = [...pages]
    let count = 0
    while (survivors.length > 1) {
      change()
      count += 1
      await haveHeard(survivors, upTo(count))
      const leader = survivors.shift()
      const closed = leader?.close()
      change()
      count += 1
      await closed
      await haveHeard(survivors, upTo(count))
      await Promise.all(survivors.map((page) => becomes(page, 'live')))
      await until('one socket is open', () => front.server.sockets() === 1)
    }
  }, 60_000)

  it('ask the check at most twice when all of them want to be sure at once', async () => {
    await open()
    const before = load().checks
    front.server.faults.start({ kind: 'late', on: 'check', ms: 1_000, forMs: 5_000 })
    const found = await Promise.all(
      pages.map((page) => page.evaluate(() => (window as unknown as { cart: { check(): unknown } }).cart.check())),
    )
    expect(found).toHaveLength(FIVE)
    expect(load().checks - before).toBeLessThanOrEqual(2)
  }, 60_000)

  it('dismiss what one of them dismisses, and read the cart when one of them has changed it', async () => {
    await open(3)
    change()
    await haveHeard(pages, [1])
    const unread = (page: Page) =>
      page.evaluate(
        () => (window as unknown as { cart: { news: { get(): { unread: unknown[] } } } }).cart.news.get().unread.length,
      )
    expect(await Promise.all(pages.map(unread))).toEqual([1, 1, 1])
    await pages[1]?.evaluate(() => (window as unknown as { cart: { dismiss(): void } }).cart.dismiss())
    await expect.poll(() => Promise.all(pages.map(unread))).toEqual([0, 0, 0])
    const carts = () => sum(front.server.seen().carts)
    // Those that the change itself caused.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const before = { carts: carts(), checks: load().checks }
    await pages[2]?.evaluate(() => (window as unknown as { cart: { changedHere(): void } }).cart.changedHere())
    await until('the two others have read their carts', () => carts() === before.carts + 2)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect({ carts: carts(), checks: load().checks }).toEqual({ carts: before.carts + 2, checks: before.checks })
  }, 60_000)
})

describeFull('with five tabs open, the back/forward cache', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await openCachingBrowser()
  }, 60_000)

  afterAll(() => browser.close())

  it('keeps the one that leads, another takes over, and it catches up when it comes back', async () => {
    const context = await browser.newContext()
    const pages: Page[] = []
    const diary = (page: Page): Promise<CartPage> =>
      page.evaluate(() => (window as unknown as { cartPage: CartPage }).cartPage)
    for (let index = 0; index < FIVE; index += 1) {
      const page = await context.newPage()
      await page.goto(front.cartUrl)
      await expect.poll(async () => (await diary(page)).state, { timeout: 10_000 }).toBe('live')
      pages.push(page)
    }
    const [leader, ...others] = pages as [Page, ...Page[]]
    const returned = await leaveAndReturn(leader, front.awayUrl, async () => {
      change()
      await expect.poll(async () => (await Promise.all(others.map(diary))).map(placesOf)).toEqual(others.map(() => [1]))
      change()
      await expect
        .poll(async () => (await Promise.all(others.map(diary))).map(placesOf))
        .toEqual(others.map(() => [1, 2]))
    })
    expect(returned).toEqual({ persisted: true, notRestoredReasons: [] })
    await expect.poll(async () => placesOf(await diary(leader)), { timeout: 10_000 }).toEqual([1, 2])
    await expect.poll(async () => (await diary(leader)).state, { timeout: 10_000 }).toBe('live')
    change()
    await expect
      .poll(async () => (await Promise.all(pages.map(diary))).map(placesOf))
      .toEqual(pages.map(() => [1, 2, 3]))
    expect(front.server.sockets()).toBe(1)
    await context.close()
  })
})

describeFull('of five tabs, the one with the socket', () => {
  let chromium: ChromiumTabs
  let tabs: ChromiumTab[]

  beforeAll(async () => {
    chromium = await openTabs()
  }, 60_000)

  beforeEach(async () => {
    tabs = []
    for (let index = 0; index < FIVE; index += 1) {
      const tab = await chromium.open(front.cartUrl)
      await expect.poll(async () => (await diary(tab)).state, { timeout: 10_000 }).toBe('live')
      tabs.push(tab)
    }
  }, 60_000)

  afterEach(async () => {
    for (const tab of tabs) await tab.close().catch(() => undefined)
  })

  afterAll(() => chromium.close())

  const diary = (tab: ChromiumTab): Promise<CartPage> => tab.evaluate<CartPage>('window.cartPage')

  const haveHeard = (those: readonly ChromiumTab[], places: readonly number[], timeout = 15_000): Promise<void> =>
    expect
      .poll(async () => (await Promise.all(those.map(diary))).map(placesOf), { timeout })
      .toEqual(those.map(() => places))

  it('is the first, and stays so while others are looked at', async () => {
    expect(load()).toEqual({ sockets: 1, upgrades: 1, auth: 1, checks: 1 })
    await tabs[2]?.show()
    change()
    await haveHeard(tabs, [1])
    expect(load()).toEqual({ sockets: 1, upgrades: 1, auth: 1, checks: 1 })
  })

  it('crashes: another takes over', async () => {
    const [leader, ...others] = tabs as [ChromiumTab, ...ChromiumTab[]]
    change()
    await haveHeard(others, [1])
    await leader.crash()
    change()
    await haveHeard(others, [1, 2])
    await until('one socket is open', () => front.server.sockets() === 1)
  })

  it('is frozen: another takes over, and it catches up when it is thawed', async () => {
    const [leader, ...others] = tabs as [ChromiumTab, ...ChromiumTab[]]
    await leader.freeze()
    // Hidden pages ask nothing.
    await others[1]?.show()
    change()
    await haveHeard(others, [1])
    change()
    await haveHeard(others, [1, 2])
    await leader.show()
    await haveHeard(tabs, [1, 2])
    change()
    await haveHeard(tabs, [1, 2, 3])
    expect(front.server.sockets()).toBe(1)
  })

  it('hangs in a long task: one that is looked at takes over, and nothing comes twice', async () => {
    const [leader, ...others] = tabs as [ChromiumTab, ...ChromiumTab[]]
    // The last one is in front.
    const hung = leader.evaluate(`{ const until = Date.now() + 25_000; while (Date.now() < until); }`, 40_000)
    change()
    await haveHeard(others, [1], 22_000)
    await hung
    change()
    await haveHeard(tabs, [1, 2])
    await until('one socket is open', () => front.server.sockets() === 1)
  })
})
