import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundleApp } from '../support/app-page'
import { openBrowser, type TestBrowser } from '../support/browser'
import { describeFull, holdCachingBrowser, holdTabs, leaveAndReturn } from '../support/page-life'
import { DIST, diaryOf, hearsOnce, holdScriptTagPages, LOOSE, script, TAG, untilLive } from '../support/script-tag-page'
import { type CartPage, openShopFront, type ShopFront } from '../support/shop-front'
import { until } from '../support/until'
import { type Collector, openCollector } from './support/collector'

// Figures that are really sent, and marks that are really there. Real Chromium, real sockets.

let tools = ''
let front: ShopFront
let collector: Collector

beforeAll(async () => {
  const source = `import { mark, measure } from 'cart-echo/stats'
    window.marking = mark(window.cart)
    window.measuring = measure(window.cart, { beacon: window.collector })`
  tools = await bundleApp(source, { format: 'iife' })
})

beforeEach(async () => {
  ;[front, collector] = await Promise.all([openShopFront(), openCollector()])
})

afterEach(async () => {
  collector.close()
  await front.close()
})

const code = (): string => `window.collector = ${JSON.stringify(collector.url)};${tools}`

const stateOf = (page: Page): Promise<string> =>
  page.evaluate(() => (window as unknown as { cartPage: CartPage }).cartPage.state)

const heardIn = (page: Page): Promise<string[]> =>
  page.evaluate(() => (window as unknown as { cartPage: CartPage }).cartPage.heard.map(({ key }) => key))

/** A page that is live, and measured. */
const measured = async (page: Page): Promise<Page> => {
  await page.goto(front.cartUrl)
  await expect.poll(() => stateOf(page)).toBe('live')
  await page.addScriptTag({ content: code() })
  return page
}

const hears = async (page: Page, changes: number): Promise<void> =>
  expect.poll(async () => (await heardIn(page)).length).toBe(changes)

describe('two tabs', () => {
  let chromium: TestBrowser

  beforeAll(async () => {
    chromium = await openBrowser()
  })

  afterAll(() => chromium.close())

  it('send their figures to another origin when they are left, without a question, and these add up', async () => {
    const context = await chromium.browser.newContext()
    const pages = [await measured(await context.newPage()), await measured(await context.newPage())]
    front.server.shop.removeFromAll('raya-sale')
    for (const page of pages) await hears(page, 1)
    front.server.shop.applyToAll('raya-sale')
    for (const page of pages) await hears(page, 2)
    for (const page of pages) await page.goto(front.awayUrl)
    await until('both have reported', () => (collector.sum().pages ?? 0) === 2)
    expect(collector.collected.map(({ method, type }) => [method, type])).toEqual(
      collector.collected.map(() => ['POST', 'text/plain;charset=UTF-8']),
    )
    const sum = collector.sum()
    // One has the socket, and hands everything on to the other.
    expect([sum['told.socket'], sum['told.tab'], sum['told.check']]).toEqual([2, 2, undefined])
    expect(sum['heard.tab']).toBe(sum['heard.socket'])
    // The first change of each is what the second is compared with.
    const late = Object.entries(sum).filter(([name]) => name.startsWith('latency.live'))
    expect(late.reduce((all, [, count]) => all + count, 0)).toBe(2)
    await context.close()
  })

  it('are in the Performance panel’s own words among the page’s measures', async () => {
    const context = await chromium.browser.newContext()
    const page = await measured(await context.newPage())
    front.server.shop.removeFromAll('raya-sale')
    await hears(page, 1)
    const found = await page.evaluate(() =>
      performance
        .getEntriesByName('cart-echo told', 'measure')
        .map((entry) => (entry as PerformanceMeasure).detail.devtools),
    )
    expect(found).toEqual([
      expect.objectContaining({ dataType: 'track-entry', trackGroup: 'cart-echo', track: 'Changes' }),
    ])
    await context.close()
  })
})

describeFull('a page in the back/forward cache', () => {
  const cached = holdCachingBrowser()

  it('is kept there, reports each time it is left, and counts no outage for it', async () => {
    const page = await measured(await cached.browser.newPage())
    for (let visits = 1; visits <= 2; visits += 1) {
      front.server.shop.removeFromAll('raya-sale')
      await hears(page, 2 * visits - 1)
      front.server.shop.applyToAll('raya-sale')
      await hears(page, 2 * visits)
      const { persisted } = await leaveAndReturn(page, front.awayUrl, () =>
        until('it has reported', () => collector.sum()['told.socket'] === 2 * visits),
      )
      expect(persisted).toBe(true)
      await expect.poll(() => stateOf(page)).toBe('live')
    }
    expect(collector.sum()).toMatchObject({ pages: 1, 'told.socket': 4 })
    expect(collector.sum()).not.toHaveProperty('outages')
  })
})

describeFull('a tab', () => {
  const tabs = holdTabs()

  it('reports when another is put in front of it, and again what it heard since when it is closed', async () => {
    const tab = await tabs.chromium.open(front.cartUrl)
    await expect.poll(() => tab.evaluate('cartPage.state')).toBe('live')
    await tab.evaluate(`${code()};0`)
    await tab.hide()
    await until('it has reported', () => collector.collected.length === 1)
    front.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => tab.evaluate('cartPage.heard.length')).toBe(1)
    await tab.close()
    await until('it has reported again', () => collector.collected.length === 2)
    const [first, second] = collector.collected.map(({ figures }) => figures)
    expect([first?.pages, first?.['told.socket']]).toEqual([1, undefined])
    expect([second?.pages, second?.['told.socket']]).toEqual([undefined, 1])
  })
})

describe('a page with the script tag', () => {
  const { held, open } = holdScriptTagPages(
    LOOSE.replace("connect-src 'self'", "connect-src 'self' http://127.0.0.1:*"),
  )

  it('is measured by the module beside the tag, with the tag’s own cart, before its code is there', async () => {
    for (const name of readdirSync(DIST).filter((name) => /^(stats|chunk-.*)\.js$/.test(name)))
      cpSync(join(DIST, name), join(held.server.folder, name))
    const own = `import { measure, mark } from '/stats.js'
      CartEcho.ready((cart) => {
        window.measuring = measure(cart, { beacon: '${collector.url}' })
        mark(cart)
      })`
    const head = TAG + script('own.js', 'type="module"')
    const page = await open({ head, files: { 'own.js': own } })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(held.chromium.complaints).toEqual([])
    const { heard } = await diaryOf(page)
    expect(
      await page.evaluate(() => (window as unknown as { measuring: { figures(): object } }).measuring.figures()),
    ).toMatchObject({ pages: 1, 'told.socket': heard.length, 'became.live.subscribed': 1 })
    const told = await page.evaluate(() => performance.getEntriesByName('cart-echo told').length)
    expect(told).toBe(heard.length)
    await page.goto(`${held.server.url}/diary.js`)
    await until('it has reported', () => collector.sum()['told.socket'] === heard.length)
  })
})
