import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBrowser, type TestBrowser } from '../support/browser'
import { type ChromiumTab, describeFull, holdCachingBrowser, holdTabs, leaveAndReturn } from '../support/page-life'
import { type CartPage, openShopFront, type ShopFront } from '../support/shop-front'
import { until } from '../support/until'

// What browsers do to pages: hidden, frozen, cached, prerendered, offline. Real Chromium, real sockets.

let front: ShopFront

beforeEach(async () => {
  front = await openShopFront()
})

afterEach(() => front.close())

const endPromotion = (): unknown => front.server.shop.removeFromAll('raya-sale')

const diary = (page: Page): Promise<CartPage> =>
  page.evaluate(() => (window as unknown as { cartPage: CartPage }).cartPage)

const isLive = (page: Page): Promise<void> => expect.poll(async () => (await diary(page)).state).toBe('live')

const shows = (page: Page, total: string): Promise<void> =>
  expect.poll(() => page.locator('#total').textContent()).toBe(total)

const noSockets = (): Promise<void> => until('the socket is closed', () => front.server.sockets() === 0)

describeFull('the back/forward cache', () => {
  const cached = holdCachingBrowser()

  it('keeps the page, without its socket, time and again, and it catches up when it comes back', async () => {
    const page = await cached.browser.newPage()
    await page.goto(front.cartUrl)
    const via: string[] = []
    for (let visits = 1; visits <= 3; visits += 1) {
      await isLive(page)
      const { persisted, notRestoredReasons } = await leaveAndReturn(page, front.awayUrl, async () => {
        await noSockets()
        endPromotion()
      })
      expect({ persisted, notRestoredReasons }).toEqual({ persisted: true, notRestoredReasons: [] })
      await shows(page, 'RM120.00')
      await isLive(page)
      front.server.shop.applyToAll('raya-sale')
      await shows(page, 'RM108.00')
      via.push('check', 'socket')
      expect((await diary(page)).heard.map((one) => one.via)).toEqual(via)
      expect(front.server.sockets()).toBe(1)
    }
    expect((await diary(page)).errors).toEqual([])
  })
})

describeFull('a tab', () => {
  const tabs = holdTabs()
  let tab: ChromiumTab

  afterEach(() => tab.close())

  const diaryOf = (): Promise<CartPage> => tab.evaluate<CartPage>('window.cartPage')
  const totalOf = (): Promise<string> => tab.evaluate<string>("document.querySelector('#total').textContent")
  const becomes = (state: string): Promise<void> => expect.poll(async () => (await diaryOf()).state).toBe(state)

  it('that was frozen has no socket, and hears what it missed, once, when it is thawed', async () => {
    tab = await tabs.chromium.open(front.cartUrl)
    await becomes('live')
    await tab.freeze()
    await noSockets()
    endPromotion()
    await tab.resume()
    await tab.show()
    await expect.poll(totalOf).toBe('RM120.00')
    await becomes('live')
    expect((await diaryOf()).heard.map(({ via }) => via)).toEqual(['check'])
  })

  it('that is hidden asks nothing, and asks at once when it is looked at', async () => {
    tab = await tabs.chromium.open(front.cartUrl)
    await becomes('live')
    await until('it has asked', () => (front.server.seen().checks['200'] ?? 0) > 0)
    const before = front.server.seen().checks['200']
    await tab.hide()
    front.server.faults.start({ kind: 'drop', times: 1 })
    endPromotion()
    // The wishlist's change comes by the socket and shows the gap; a page that is looked at would ask within a second.
    // Timers of a hidden page run at whole seconds: one such later.
    await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 2_100))')
    await tab.evaluate("fetch('/away').then(({ status }) => status)")
    expect(front.server.seen().checks['200']).toBe(before)
    await tab.show()
    await expect.poll(totalOf).toBe('RM120.00')
    expect((await diaryOf()).heard.map(({ via }) => via)).toEqual(['check'])
  })

  it('that is prerendered opens nothing until somebody wants to see it', async () => {
    tab = await tabs.chromium.open(front.awayUrl)
    // The first visit has no cookie yet, and a prerendered one may not set it.
    await tab.goto(front.cartUrl)
    await becomes('live')
    await tab.goto(front.awayUrl)
    await noSockets()
    const before = front.server.seen()
    const coming = await tab.prerender(front.cartUrl)
    await expect
      .poll(() => coming.evaluate<string>('window.cartPage?.states.join()'))
      .toBe('idle: not-started,connecting: finding-echo,connecting: prerendering')
    endPromotion()
    expect(front.server.seen()).toMatchObject({ upgrades: before.upgrades, checks: before.checks })
    await coming.activate()
    await becomes('live')
    await expect.poll(totalOf).toBe('RM120.00')
  })
})

describe('a page', () => {
  let chromium: TestBrowser

  beforeAll(async () => {
    chromium = await openBrowser()
  })

  afterEach(async () => {
    for (const context of chromium.browser.contexts()) await context.close()
  })

  afterAll(() => chromium.close())

  it('whose HTML is older than the news, because the browser had kept it, is right all the same', async () => {
    const page = await chromium.open(front.cachedCartUrl)
    await isLive(page)
    await page.goto(front.awayUrl)
    await noSockets()
    endPromotion()
    await page.goto(front.cachedCartUrl)
    await shows(page, 'RM120.00')
    expect((await diary(page)).heard.map(({ via }) => via)).toEqual(['check'])
  })

  it('whose network comes and goes hears each change once', async () => {
    const page = await chromium.open(front.cartUrl)
    await isLive(page)
    for (const [index, change] of [
      endPromotion,
      () => front.server.shop.applyToAll('raya-sale'),
      endPromotion,
    ].entries()) {
      await page.context().setOffline(true)
      front.server.faults.start({ kind: 'kill' })
      change()
      await page.context().setOffline(false)
      await expect.poll(async () => (await diary(page)).heard.length).toBe(index + 1)
    }
    await shows(page, 'RM120.00')
    const keys = (await diary(page)).heard.map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
  })
})
