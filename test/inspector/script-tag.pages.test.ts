import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { diaryOf, holdScriptTagPages, script, untilIdle, untilLive } from '../support/script-tag-page'

// The inspector of the script tag, as it is built, in real Chromium, under a policy that trusts nothing but the tag.

const { held, open } = holdScriptTagPages()

const tag = (attributes = ''): string => script('cart-echo.global.js', `defer ${attributes}`)

/** Opens the page with this tag at this query. */
const openAt = async (query: string, head: string, more: { block?: false } = {}): Promise<Page> => {
  held.server.put({ head, ...more })
  return held.chromium.open(`${held.server.url}/${query}`)
}

const panel = (page: Page) => page.getByRole('region', { name: 'cart-echo inspector' })

const isFetched = (page: Page): Promise<boolean> =>
  page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/cdn/inspector')))

/** Whatever the page begins by itself has begun: it is live, and has shown a change. */
const untilSettled = async (page: Page): Promise<void> => {
  await untilLive(page)
  held.server.shop.removeFromAll('raya-sale')
  await expect.poll(async () => (await diaryOf(page)).heard.length).toBeGreaterThan(0)
  await untilIdle(page)
}

describe('the inspector of the script tag is shown', () => {
  it.each([
    ['by an attribute', '', tag('data-inspect')],
    ['by the address, where the tag allows it', '?cart-echo=inspect', tag('data-inspect="by-address"')],
  ])('%s, under the strict policy, and nothing is refused', async (_, query, head) => {
    const page = await openAt(query, head)
    await panel(page).getByText('live: subscribed', { exact: true }).waitFor()
    await untilSettled(page)
    await expect.poll(() => panel(page).locator('.chart .mark.socket').count()).toBeGreaterThan(1)
    const width = (await panel(page).boundingBox())?.width
    expect(width).toBe(600)
    expect((await diaryOf(page)).violations).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })

  it('by a call, which resolves with what removes it; the report names the version', async () => {
    const page = await open({ head: tag() })
    await untilLive(page)
    expect(await isFetched(page)).toBe(false)
    await page.evaluate('CartEcho.inspect().then((stop) => { window.stopInspector = stop })')
    await panel(page).getByText('live: subscribed', { exact: true }).waitFor()
    // Headless, the clipboard may be read by nobody.
    await page.evaluate('navigator.clipboard.writeText = () => Promise.reject()')
    await panel(page).getByRole('button', { name: 'Copy a report' }).click()
    const version = await page.evaluate('CartEcho.version')
    expect(await panel(page).getByRole('textbox').inputValue()).toContain(`cart-echo ${version}, `)
    await page.evaluate('stopInspector()')
    expect(await page.locator('cart-echo-inspector').count()).toBe(0)
    expect((await diaryOf(page)).violations).toEqual([])
  })

  it.each([
    ['by an attribute', tag('data-inspect'), ''],
    ['by a call', tag(), 'CartEcho.inspect()'],
  ])('%s on a page where nobody is logged in, and says that', async (_, head, call) => {
    const page = await openAt('', head, { block: false })
    await page.evaluate(call)
    await panel(page).getByText('idle: no-user', { exact: true }).waitFor()
    await panel(page).getByText('The page says that nobody is logged in').waitFor()
  })
})

describe('the inspector of the script tag is neither shown nor fetched', () => {
  it.each([
    ['by the address alone', '?cart-echo=inspect', tag()],
    ['where the tag allows it by the address, which says nothing', '', tag('data-inspect="by-address"')],
    ['where the address says something else', '?cart-echo=inspector', tag('data-inspect="by-address"')],
    ['where a template printed false', '?cart-echo=inspect', tag('data-inspect="false"')],
  ])('%s', async (_, query, head) => {
    const page = await openAt(query, head)
    await untilSettled(page)
    expect([await isFetched(page), await page.locator('cart-echo-inspector').count()]).toEqual([false, 0])
  })
})

describe('an inspector that cannot be fetched', () => {
  it('is reported, and the page hears its cart', async () => {
    held.server.put({ head: tag('data-inspect') })
    const page = await held.chromium.open(held.server.url, {}, (page) =>
      page.route('**/cdn/inspector.js*', (route) => route.fulfill({ status: 404 })),
    )
    await untilSettled(page)
    await expect
      .poll(() => held.chromium.complaints.filter((words) => words.includes('[cart-echo] not-loaded:')).length)
      .toBe(1)
    expect(await page.evaluate('CartEcho.inspect()')).toBe(undefined)
  })
})
