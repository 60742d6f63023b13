import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser'
import { type ChromiumTab, describeFull, holdCachingBrowser, holdTabs, leaveAndReturn } from '../support/page-life'
import { type CartPage, letPass, openShopFront, type ShopFront } from '../support/shop-front'
import { until } from '../support/until'

// Five tabs of one shopper: real Chromium, real locks and lines, real sockets.

let front: ShopFront

beforeEach(async () => {
  front = await openShopFront()
})

afterEach(() => front.close())

const FIVE = 5
/** As many as it takes for two to want to take over. */
const THREE = 3

const sum = (byStatus: Readonly<Record<string, number>>): number =>
  Object.values(byStatus).reduce((total, count) => total + count, 0)

/** What the server has had to do so far. */
const load = () => {
  const { upgrades, auth, checks } = front.server.seen()
  return { sockets: front.server.sockets(), upgrades, auth: sum(auth), checks: sum(checks) }
}

const oneSocket = (): Promise<void> => until('one socket is open', () => front.server.sockets() === 1)

/** One more change of the shopper's cart. */
const change = (): void => {
  front.server.shop.publish(1, 'cart.conditions.changed', {
    message: 'Your cart was updated due to a promotion change',
    changes: { condition_removed: 'Raya Sale', new_subtotal: 'RM120.00', new_total: 'RM120.00', savings: 'RM0.00' },
    timestamp: new Date().toISOString(),
  })
}

const placesOf = ({ heard }: CartPage): number[] => heard.map(({ key }) => Number(key.split(':')[1]))

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => 1 + index)

const diary = (page: Page): Promise<CartPage> =>
  page.evaluate(() => (window as unknown as { cartPage: CartPage }).cartPage)

const isLive = (page: Page): Promise<void> => expect.poll(async () => (await diary(page)).state).toBe('live')

const haveHeard = (those: readonly Page[], places: readonly number[]): Promise<void> =>
  expect.poll(async () => (await Promise.all(those.map(diary))).map(placesOf)).toEqual(those.map(() => places))

/** Pages of one shopper. The first one is live before the others come, so it has the socket. */
const openPages = async (context: BrowserContext, count: number): Promise<[Page, ...Page[]]> => {
  const open = async (): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(front.cartUrl)
    await isLive(page)
    return page
  }
  return [await open(), ...(await Promise.all(Array.from({ length: count - 1 }, open)))]
}

/** A context of a browser of their own for the tests that follow, each with its own clock. */
const holdContext = (): (() => BrowserContext) => {
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    browser = (await openBrowser()).browser
  })

  afterAll(() => browser.close())

  beforeEach(async () => {
    context = await browser.newContext()
    await context.clock.install()
  })

  afterEach(() => context.close())

  return () => context
}

describe('a tab that is the only one of its shopper', () => {
  const context = holdContext()

  beforeEach(() => {
    fetching.length = 0
  })

  const fetching: Page[] = []

  const open = async (): Promise<Page> => {
    const page = await context().newPage()
    // A shop's bundler puts the code for several tabs into a file of its own.
    page.on('request', (request) => {
      if (/\/tabs-\w+\.js$/.test(request.url())) fetching.push(page)
    })
    await page.goto(front.cartUrl)
    await isLive(page)
    return page
  }

  it('does not fetch what several need, until there is another: then both do, and nothing is opened anew', async () => {
    // The place of a page that is rendered before the first of all is in no log yet.
    change()
    const first = await open()
    change()
    await haveHeard([first], [2])
    // Whoever found the lock taken would have known by now.
    await letPass([first], 3_000)
    expect(fetching).toEqual([])
    const before = load()
    const second = await open()
    await expect.poll(() => fetching.length).toBe(2)
    expect(new Set(fetching)).toEqual(new Set([first, second]))
    change()
    await haveHeard([first], [2, 3])
    await haveHeard([second], [3])
    expect(load()).toEqual(before)
    expect((await diary(first)).states.filter((state) => state.startsWith('live'))).toHaveLength(1)
    await first.close()
    await expect.poll(async () => (await diary(second)).state).toBe('live')
    await until('the other has a socket', () => load().upgrades === before.upgrades + 1)
  })

  it('shares with nobody while that cannot be fetched: each has a connection, and is told everything once', async () => {
    await context().route('**/tabs-*.js', (route) => route.abort())
    const pages = [await open(), await open()]
    await until('each has a socket', () => front.server.sockets() === 2)
    change()
    await haveHeard(pages, [1])
    expect((await Promise.all(pages.map(diary))).map(({ errors }) => errors)).toEqual([['not-loaded'], ['not-loaded']])
  })
})

describe('five tabs that are open side by side', () => {
  const context = holdContext()

  /** As a long task does: the page has the lock and the socket, and nothing of it runs. Returns what ends it. */
  const hang = async (page: Page): Promise<() => Promise<void>> => {
    const devTools = await context().newCDPSession(page)
    await devTools.send('Debugger.enable')
    const isPaused = new Promise((resolve) => devTools.once('Debugger.paused', resolve))
    const hung = devTools.send('Runtime.evaluate', { expression: 'debugger' })
    await isPaused
    return async () => {
      await devTools.send('Debugger.resume')
      await hung
      await devTools.detach()
    }
  }

  it('cost the server one socket, one authorisation, one request, and two more at most if all ask at once', async () => {
    const pages = await openPages(context(), FIVE)
    expect(load()).toEqual({ sockets: 1, upgrades: 1, auth: 1, checks: 1 })
    for (let count = 0; count < 4; count += 1) change()
    await haveHeard(pages, upTo(4))
    expect(load()).toEqual({ sockets: 1, upgrades: 1, auth: 1, checks: 1 })

    // Nothing is answered before all of them have asked.
    let letGo = (): void => {}
    const allHaveAsked = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let requests = 0
    await context().route(/check-updates/, async (route) => {
      requests += 1
      await allHaveAsked
      await route.continue()
    })
    const asked = () => {
      const page = window as unknown as { cart: { check(): unknown }; checked: unknown }
      page.checked = page.cart.check()
    }
    for (const page of pages) await page.evaluate(asked)
    await until('the leader has asked', () => requests > 0)
    letGo()
    for (const page of pages) await page.evaluate(() => (window as unknown as { checked: unknown }).checked)
    expect(load().checks).toBeLessThanOrEqual(3)
    expect((await Promise.all(pages.map(diary))).map(({ errors }) => errors)).toEqual(pages.map(() => []))
  })

  it('go on without a gap when the one with the socket is closed, again and again', async () => {
    const pages = await openPages(context(), FIVE)
    let count = 0
    while (pages.length > 1) {
      change()
      count += 1
      await haveHeard(pages, upTo(count))
      const leader = pages.shift()
      const closed = leader?.close()
      change()
      count += 1
      await closed
      await haveHeard(pages, upTo(count))
      await Promise.all(pages.map(isLive))
      await oneSocket()
    }
  })

  it('go on when the one with the socket hangs in a long task: one takes over, and nothing comes twice', async () => {
    const pages = await openPages(context(), FIVE)
    const [leader, ...others] = pages
    const goOn = await hang(leader)
    change()
    // They look after the leader once a minute, and ask it twice. For the leader that time passes at once, when it goes on.
    const passed = context().clock.runFor(64_000)
    await haveHeard(others, [1])
    await goOn()
    await passed
    change()
    await haveHeard(pages, [1, 2])
    await oneSocket()
  })

  it('dismiss what one of them dismisses, and read the cart when one of them has changed it', async () => {
    const pages = await openPages(context(), THREE)
    const carts = () => sum(front.server.seen().carts)
    const rendered = carts()
    change()
    await haveHeard(pages, [1])
    const unread = (page: Page) =>
      page.evaluate(
        () => (window as unknown as { cart: { news: { get(): { unread: unknown[] } } } }).cart.news.get().unread.length,
      )
    expect(await Promise.all(pages.map(unread))).toEqual([1, 1, 1])
    await pages[1]?.evaluate(() => (window as unknown as { cart: { dismiss(): void } }).cart.dismiss())
    await expect.poll(() => Promise.all(pages.map(unread))).toEqual([0, 0, 0])

    const readAfter = async (ms: number): Promise<number> => {
      await letPass(pages, ms)
      return carts() - rendered
    }
    // Those that the change itself caused.
    await expect.poll(() => readAfter(1_000)).toBe(THREE)
    expect(await readAfter(3_000)).toBe(THREE)
    const { checks } = load()
    await pages[2]?.evaluate(() => (window as unknown as { cart: { changedHere(): void } }).cart.changedHere())
    await expect.poll(() => readAfter(1_000)).toBe(THREE + 2)
    expect([await readAfter(3_000), load().checks]).toEqual([THREE + 2, checks])
  })
})

describeFull('with three tabs open, the back/forward cache', () => {
  const cached = holdCachingBrowser()

  it('keeps the one that leads, another takes over, and it catches up when it comes back', async () => {
    const pages = await openPages(await cached.browser.newContext(), THREE)
    const [leader, ...others] = pages
    const returned = await leaveAndReturn(leader, front.awayUrl, async () => {
      change()
      await haveHeard(others, [1])
      change()
      await haveHeard(others, [1, 2])
    })
    expect(returned).toEqual({ persisted: true, notRestoredReasons: [] })
    await haveHeard([leader], [1, 2])
    await isLive(leader)
    change()
    await haveHeard(pages, [1, 2, 3])
    expect(front.server.sockets()).toBe(1)
  })
})

describeFull('of many tabs, the one with the socket', () => {
  const held = holdTabs()
  let tabs: ChromiumTab[] = []

  afterEach(() => Promise.all(tabs.map((tab) => tab.close())))

  const open = async (count: number): Promise<[ChromiumTab, ...ChromiumTab[]]> => {
    tabs = []
    for (let index = 0; index < count; index += 1) {
      const tab = await held.chromium.open(front.cartUrl)
      tabs.push(tab)
      await expect.poll(async () => (await diaryOf(tab)).state).toBe('live')
    }
    return tabs as [ChromiumTab, ...ChromiumTab[]]
  }

  const diaryOf = (tab: ChromiumTab): Promise<CartPage> => tab.evaluate<CartPage>('window.cartPage')

  const haveHeardIt = (those: readonly ChromiumTab[], places: readonly number[]): Promise<void> =>
    expect.poll(async () => (await Promise.all(those.map(diaryOf))).map(placesOf)).toEqual(those.map(() => places))

  it('is the first, and stays so while others are looked at', async () => {
    const all = await open(FIVE)
    expect(load()).toEqual({ sockets: 1, upgrades: 1, auth: 1, checks: 1 })
    await all[2]?.show()
    change()
    await haveHeardIt(all, [1])
    expect(load()).toEqual({ sockets: 1, upgrades: 1, auth: 1, checks: 1 })
  })

  it('is frozen: another takes over, and it catches up when it is thawed', async () => {
    const [leader, ...others] = await open(THREE)
    await leader.freeze()
    // Hidden pages ask nothing.
    await others[1]?.show()
    change()
    await haveHeardIt(others, [1])
    change()
    await haveHeardIt(others, [1, 2])
    await leader.show()
    await haveHeardIt(tabs, [1, 2])
    change()
    await haveHeardIt(tabs, [1, 2, 3])
    expect(front.server.sockets()).toBe(1)
  })

  it('crashes: another takes over', async () => {
    const [leader, ...others] = await open(THREE)
    change()
    await haveHeardIt(others, [1])
    await leader.crash()
    change()
    await haveHeardIt(others, [1, 2])
    await oneSocket()
  })
})
