import type { Page } from 'playwright'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { bundleApp } from '../support/app-page'
import { type ChromiumTab, describeFull, holdCachingBrowser, holdTabs, leaveAndReturn } from '../support/page-life'
import { openShopFront, type ShopFront } from '../support/shop-front'
import { until } from '../support/until'

// The notice through what browsers do to pages. Real Chromium, real sockets.

const SCRIPT = `
import { showNotices } from 'cart-echo/notice'
showNotices(window.cart)
// Every moment at which there was something to be seen.
const seen = (window.seen = [])
const look = () => {
  const text = document.querySelector('cart-echo-notice')?.shadowRoot.querySelector('[role=status]').textContent
  if (text && text !== seen.at(-1)) seen.push(text)
  if (!text && seen.at(-1)) seen.push('')
}
const { shadowRoot } = document.querySelector('cart-echo-notice')
new MutationObserver(look).observe(shadowRoot, { childList: true, subtree: true })
`

let front: ShopFront
let script = ''

beforeAll(async () => {
  script = await bundleApp(SCRIPT, { format: 'iife' })
})

beforeEach(async () => {
  front = await openShopFront()
})

afterEach(() => front.close())

const TEXT = 'Your cart was updated due to a promotion changeRaya Sale has ended.New total: RM120.00'
const MORE = 'And 1 more change.'
const endPromotion = (): unknown => front.server.shop.removeFromAll('raya-sale')

describeFull('Back', () => {
  const cached = holdCachingBrowser()

  const seen = (page: Page): Promise<string[]> => page.evaluate(() => (window as unknown as { seen: string[] }).seen)
  const state = (page: Page): Promise<string> =>
    page.evaluate(() => (window as unknown as { cartPage: { states: string[] } }).cartPage.states.at(-1) ?? '')
  const told = async (): Promise<Page> => {
    const page = await cached.browser.newPage()
    await page.goto(front.cartUrl)
    await expect.poll(() => state(page), { timeout: 10_000 }).toBe('live: subscribed')
    await page.addScriptTag({ content: script })
    endPromotion()
    await expect.poll(() => seen(page)).toEqual([TEXT])
    return page
  }
  // What is shown wrongly would be, once a burst had settled.
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_000))
  const away = (): Promise<void> => until('the socket is closed', () => front.server.sockets() === 0)

  it('shows the notice again when the check has said whose page it is, and not before', async () => {
    const page = await told()
    front.server.faults.start({ kind: 'answer', on: 'check', status: 503 })
    const before = front.server.seen().checks['503'] ?? 0
    const { persisted } = await leaveAndReturn(page, front.awayUrl, away)
    expect(persisted).toBe(true)
    await until('the check was asked', () => (front.server.seen().checks['503'] ?? 0) > before)
    await expect.poll(() => state(page)).toMatch(/^(waiting|live|polling|connecting)/)
    await settled()
    expect(await seen(page)).toEqual([TEXT, ''])
    front.server.faults.clear()
    await expect.poll(() => seen(page), { timeout: 20_000 }).toEqual([TEXT, '', TEXT])
  })

  it('shows another customer nothing', async () => {
    const page = await told()
    const { persisted } = await leaveAndReturn(page, front.awayUrl, async () => {
      await away()
      front.server.faults.start({ kind: 'swap-session', customer: 1, to: 2 })
    })
    expect(persisted).toBe(true)
    await expect.poll(() => state(page), { timeout: 10_000 }).toBe('refused: other-user')
    await settled()
    expect(await seen(page)).toEqual([TEXT, ''])
  })

  it('shows nobody anything after a log-out', async () => {
    const page = await told()
    const { persisted } = await leaveAndReturn(page, front.awayUrl, async () => {
      await away()
      front.server.faults.start({ kind: 'lose-session', customer: 1 })
    })
    expect(persisted).toBe(true)
    await expect.poll(() => state(page), { timeout: 10_000 }).toBe('refused: session-over')
    await settled()
    expect(await seen(page)).toEqual([TEXT, ''])
  })
})

describeFull('Back, on a server whose check names nobody', () => {
  const cached = holdCachingBrowser()

  const seen = (page: Page): Promise<string[]> => page.evaluate(() => (window as unknown as { seen: string[] }).seen)
  const states = (page: Page): Promise<string[]> =>
    page.evaluate(() => (window as unknown as { cartPage: { states: string[] } }).cartPage.states)
  const told = async (): Promise<Page> => {
    await front.close()
    front = await openShopFront({ level: 'guide' })
    const page = await cached.browser.newPage()
    await page.goto(front.cartUrl)
    await expect.poll(async () => (await states(page)).at(-1), { timeout: 10_000 }).toBe('live: subscribed')
    await page.addScriptTag({ content: script })
    endPromotion()
    // Such a server does not say which of the customer's carts it is: both are told.
    await expect.poll(async () => (await seen(page)).at(-1)).toContain(MORE)
    return page
  }
  const away = (): Promise<void> => until('the socket is closed', () => front.server.sockets() === 0)

  it('shows another customer nothing', async () => {
    const page = await told()
    const before = front.server.seen().checks['200'] ?? 0
    const { persisted } = await leaveAndReturn(page, front.awayUrl, async () => {
      await away()
      front.server.faults.start({ kind: 'swap-session', customer: 1, to: 2 })
    })
    expect(persisted).toBe(true)
    await until('the check has answered', () => (front.server.seen().checks['200'] ?? 0) > before)
    await expect
      .poll(async () => (await states(page)).at(-1), { timeout: 20_000 })
      .toMatch(/^(polling|waiting|refused)/)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    const shown = await seen(page)
    expect(shown).toContain('')
    // What the check says to her is hers.
    expect(shown.slice(shown.indexOf('')).filter((text) => text.includes('Raya Sale'))).toEqual([])
  })

  it('shows the notice again to the same one, once the channel is authorised anew', async () => {
    const page = await told()
    const { persisted } = await leaveAndReturn(page, front.awayUrl, away)
    expect(persisted).toBe(true)
    await expect.poll(async () => (await seen(page)).at(-1), { timeout: 20_000 }).toContain(MORE)
    expect(await seen(page)).toContain('')
    expect((await states(page)).at(-1)).toBe('live: subscribed')
  })
})

describeFull('a tab', () => {
  const tabs = holdTabs()
  let tab: ChromiumTab

  afterEach(() => tab.close())

  it('that is hidden is silent, and speaks when it is looked at: of all at once', async () => {
    tab = await tabs.chromium.open(front.cartUrl)
    await expect.poll(() => tab.evaluate<string>('window.cartPage.state'), { timeout: 10_000 }).toBe('live')
    await tab.evaluate(script)
    await tab.hide()
    front.server.shop.burst('raya-sale', 3)
    await expect.poll(() => tab.evaluate<number>('window.cartPage.heard.length')).toBe(3)
    // Longer than a burst is waited for: it is the page that is not looked at.
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(await tab.evaluate('window.seen')).toEqual([])
    await tab.show()
    await expect.poll(() => tab.evaluate('window.seen')).toEqual([`${TEXT}And 2 more changes.`])
  })
})
