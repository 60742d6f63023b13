import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ChromiumTab, describeFull, holdCachingBrowser, holdTabs, leaveAndReturn } from '../support/page-life'
import { diaryOf, hearsOnce, type ScriptTagSite, STRICT, startSite, TAG, untilLive } from '../support/script-tag-page'
import { until } from '../support/until'

// What browsers do to pages, to one with the tag.

let site: ScriptTagSite

beforeEach(async () => {
  // A browser keeps no page that it may not store.
  site = await startSite(STRICT, { 'Cache-Control': 'private, no-cache' })
  site.put({ head: TAG })
  site.put({ block: false }, 'away')
})

afterEach(() => site.close())

const noSockets = (): Promise<void> => until('the socket is closed', () => site.sockets() === 0)

describeFull('the back/forward cache', () => {
  const cached = holdCachingBrowser()

  it('keeps the page, which hears what it missed, and goes on', async () => {
    const page = await cached.browser.newPage()
    await page.goto(site.url)
    await untilLive(page)
    for (let visits = 1; visits <= 2; visits += 1) {
      const { persisted, notRestoredReasons } = await leaveAndReturn(page, '/away', async () => {
        await noSockets()
        site.shop.removeFromAll('raya-sale')
        site.shop.applyToAll('raya-sale')
      })
      expect({ persisted, notRestoredReasons }).toEqual({ persisted: true, notRestoredReasons: [] })
      await untilLive(page)
      await expect.poll(async () => (await diaryOf(page)).heard.length).toBe(visits * 4 - 2)
      await hearsOnce(site, page)
    }
    expect((await diaryOf(page)).violations).toEqual([])
  })

  it('keeps a page whose code has not come yet, and it comes then', async () => {
    const page = await cached.browser.newPage()
    await page.goto(site.url, { waitUntil: 'commit' })
    await page.waitForFunction(() => 'CartEcho' in window, undefined, { polling: 20 })
    await leaveAndReturn(page, '/away')
    await untilLive(page)
    await hearsOnce(site, page)
  })
})

describeFull('a prerendered page', () => {
  const tabs = holdTabs()
  let tab: ChromiumTab

  afterEach(() => tab.close())

  it('fetches nothing until somebody wants to see it', async () => {
    const away = `${site.url}/away`
    tab = await tabs.chromium.open(site.url, { bypassCsp: true })
    await tab.goto(away)
    await noSockets()
    const coming = await tab.prerender(site.url)
    // A page that is looked at begins when it has nothing else to do, or within a second. What it fetches comes first.
    await coming.evaluate('new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1_000 }))')
    for (const _ of [1, 2]) await coming.evaluate("fetch('/away').then(({ status }) => status)")
    // An entry is of what has been fetched; what is under way has a link in the page.
    const parts = `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/cdn/')).length +
      document.querySelectorAll('[href*="/cdn/"], [src*="/cdn/"]').length`
    expect(await coming.evaluate(`[document.prerendering, 'CartEcho' in window, ${parts}]`)).toEqual([true, true, 0])
    await coming.activate()
    await expect.poll(() => tab.evaluate('window.diary.states.at(-1)')).toBe('live: subscribed')
  })
})
