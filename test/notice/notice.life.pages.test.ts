import type { Page } from 'playwright'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { bundleApp } from '../support/app-page'
import { type ChromiumTab, describeFull, holdCachingBrowser, holdTabs, leaveAndReturn } from '../support/page-life'
import { holdsWithin } from '../support/page-time'
import { letPass, openShopFront, type ShopFront } from '../support/shop-front'
import { until } from '../support/until'

// The notice through what browsers do to pages. Real Chromium, real sockets.

const SCRIPT = `
import { showNotices } from 'cart-echo/notice'
showNotices(window.cart)
// Every moment at which there was something to be seen.
const seen = (window.seen = [])
const look = () => {
  const open = document.querySelector('cart-echo-notice')?.shadowRoot.querySelector('[part~=open] [part~=message]')
  const text = open?.textContent ?? ''
  if (text !== (seen.at(-1) ?? '')) seen.push(text)
}
const observer = new MutationObserver((records) => {
  look()
  for (const { shadowRoot } of document.querySelectorAll('cart-echo-notice')) observer.observe(shadowRoot, { childList: true, subtree: true })
})
observer.observe(document, { childList: true, subtree: true })
`

let front: ShopFront
let script = ''

beforeAll(async () => {
  script = await bundleApp(SCRIPT, { format: 'iife' })
})

afterEach(() => front.close())

const TEXT = 'Your cart was updated due to a promotion changeRaya Sale has ended.New total: RM120.00'
const MORE = 'And 1 more change.'
const endPromotion = (): unknown => front.server.shop.removeFromAll('raya-sale')

const away = (): Promise<void> => until('the socket is closed', () => front.server.sockets() === 0)
const checks = (status: number): number => front.server.seen().checks[status] ?? 0

const seen = (page: Page): Promise<string[]> => page.evaluate(() => (window as unknown as { seen: string[] }).seen)
const states = (page: Page): Promise<string[]> =>
  page.evaluate(() => (window as unknown as { cartPage: { states: string[] } }).cartPage.states)
const state = async (page: Page): Promise<string> => (await states(page)).at(-1) ?? ''

/** A page with a clock of its own that tells of the promotion's end. */
const told = async (page: Page, what: string): Promise<Page> => {
  await page.clock.install()
  await page.goto(front.cartUrl)
  await expect.poll(() => state(page)).toBe('live: subscribed')
  await page.addScriptTag({ content: script })
  endPromotion()
  await expect.poll(async () => (await seen(page)).at(-1)).toContain(what)
  return page
}

/** What is shown wrongly has been by now: a burst has settled, and what failed was tried again. */
const settled = async (page: Page): Promise<void> => {
  // What was answered has been taken.
  await letPass([page], 0)
  await letPass([page], 10_000)
  // What that set has come.
  await letPass([page], 2_000)
}

describeFull('Back', () => {
  const cached = holdCachingBrowser()

  beforeEach(async () => {
    front = await openShopFront()
  })

  it('shows the notice again when the check has said whose page it is, and not before', async () => {
    const page = await told(await cached.browser.newPage(), TEXT)
    front.server.faults.start({ kind: 'answer', on: 'check', status: 503 })
    const before = checks(503)
    const { persisted } = await leaveAndReturn(page, front.awayUrl, away)
    expect(persisted).toBe(true)
    await until('the check was asked', () => checks(503) > before)
    await expect.poll(() => state(page)).toMatch(/^(waiting|live|polling|connecting)/)
    await settled(page)
    expect(await seen(page)).toEqual([TEXT, ''])
    front.server.faults.clear()
    await holdsWithin(
      3,
      async () => (await seen(page)).length === 3,
      () => settled(page),
    )
    expect(await seen(page)).toEqual([TEXT, '', TEXT])
  })

  it.each([
    ['another customer nothing', { kind: 'swap-session', customer: 1, to: 2 }, 'refused: other-user'],
    ['nobody anything after a log-out', { kind: 'lose-session', customer: 1 }, 'refused: session-over'],
  ] as const)('shows %s', async (_what, fault, refused) => {
    const page = await told(await cached.browser.newPage(), TEXT)
    const { persisted } = await leaveAndReturn(page, front.awayUrl, async () => {
      await away()
      front.server.faults.start(fault)
    })
    expect(persisted).toBe(true)
    await expect.poll(() => state(page)).toBe(refused)
    await settled(page)
    expect(await seen(page)).toEqual([TEXT, ''])
  })
})

describeFull('Back, on a server whose check names nobody', () => {
  const cached = holdCachingBrowser()

  beforeEach(async () => {
    front = await openShopFront({ level: 'guide' })
  })

  // Such a server does not say which of the customer's carts it is: both are told.
  const toldOfBoth = async (): Promise<Page> => told(await cached.browser.newPage(), MORE)

  it('shows another customer nothing', async () => {
    const page = await toldOfBoth()
    const before = checks(200)
    const { persisted } = await leaveAndReturn(page, front.awayUrl, async () => {
      await away()
      front.server.faults.start({ kind: 'swap-session', customer: 1, to: 2 })
    })
    expect(persisted).toBe(true)
    await until('the check has answered', () => checks(200) > before)
    await expect.poll(() => state(page)).toMatch(/^(polling|waiting|refused)/)
    await settled(page)
    const shown = await seen(page)
    expect(shown).toContain('')
    // What the check says to her is hers.
    expect(shown.slice(shown.indexOf('')).filter((text) => text.includes('Raya Sale'))).toEqual([])
  })

  it('shows the notice again to the same one, once the channel is authorised anew', async () => {
    const page = await toldOfBoth()
    const { persisted } = await leaveAndReturn(page, front.awayUrl, away)
    expect(persisted).toBe(true)
    await expect.poll(async () => (await seen(page)).at(-1)).toContain(MORE)
    expect(await seen(page)).toContain('')
    expect(await state(page)).toBe('live: subscribed')
  })
})

describeFull('a tab', () => {
  const tabs = holdTabs()
  let tab: ChromiumTab

  beforeEach(async () => {
    front = await openShopFront()
  })

  afterEach(() => tab.close())

  it('that is hidden is silent, and speaks when it is looked at: of all at once', async () => {
    tab = await tabs.chromium.open(front.cartUrl)
    await expect.poll(() => tab.evaluate<string>('window.cartPage.state')).toBe('live')
    await tab.evaluate(script)
    await tab.hide()
    front.server.shop.burst('raya-sale', 3)
    await expect.poll(() => tab.evaluate<number>('window.cartPage.heard.length')).toBe(3)
    // A burst is waited for no longer than this: it is the page that is not looked at.
    await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 1_000))')
    expect(await tab.evaluate('window.seen')).toEqual([])
    await tab.show()
    await expect.poll(() => tab.evaluate('window.seen')).toEqual([`${TEXT}And 2 more changes.`])
  })
})
