import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { holdAppPages } from '../support/app-page'
import { snippet } from '../support/guide-snippets'
import { holdScriptTagPages, untilLive } from '../support/script-tag-page'

// Every snippet of docs/inspector.md, run in real Chromium.

const shown = (page: Page) =>
  page.getByRole('region', { name: 'cart-echo inspector' }).getByText('live: subscribed').first()

describe('with npm', () => {
  const app = holdAppPages()
  const CART = `
import { createCartEcho, readPage } from 'cart-echo'
import { reverb } from 'cart-echo/reverb'
const page = readPage()
const cart = createCartEcho({ ...page, connect: reverb(page.reverb) })
cart.connection.subscribe(({ name }) => { document.documentElement.dataset.state = name })
cart.start()
`
  const open = (code: string, { head = '', isDev = false } = {}): Promise<Page> =>
    app.open({ script: CART + code, head, bundling: { define: { 'import.meta.env.DEV': `${isDev}` } } })

  it('inspector-npm shows it while one develops, and only then', async () => {
    await shown(await open(snippet('inspector-npm'), { isDev: true })).waitFor()
    const live = await open(snippet('inspector-npm'))
    await live.locator('html[data-state="live"]').waitFor()
    expect(await live.locator('cart-echo-inspector').count()).toBe(0)
  })

  it('inspector-address shows it to staff who ask by the address', async () => {
    const head = '<meta name="staff" content="">'
    const page = await open(snippet('inspector-address'), { head })
    await page.locator('html[data-state="live"]').waitFor()
    expect(await page.locator('cart-echo-inspector').count()).toBe(0)
    await page.goto(`${app.held.server.url}/?cart-echo=inspect`)
    await shown(page).waitFor()
    const shopper = await open(snippet('inspector-address'))
    await shopper.goto(`${app.held.server.url}/?cart-echo=inspect`)
    await shopper.locator('html[data-state="live"]').waitFor()
    expect(await shopper.locator('cart-echo-inspector').count()).toBe(0)
  })
})

describe('with the script tag', () => {
  const { held, open } = holdScriptTagPages()
  /** As it is printed, from this machine and under the page's nonce. */
  const tagOf = (tag: string): string => tag.replace('/js/', '/').replace('<script', '<script nonce="n0nce"')

  it('inspector-blade shows it where the environment is local', async () => {
    const tag = tagOf(snippet('inspector-blade'))
    const elsewhere = await open({ head: tag.replace(/@env\('local'\).*@endenv/, '') })
    await untilLive(elsewhere)
    expect(await elsewhere.locator('cart-echo-inspector').count()).toBe(0)
    await shown(await open({ head: tag.replace(/@env\('local'\)|@endenv/g, '') })).waitFor()
  })

  it('inspector-tag shows it by the address', async () => {
    held.server.put({ head: tagOf(snippet('inspector-tag')) })
    await shown(await held.chromium.open(`${held.server.url}/?cart-echo=inspect`)).waitFor()
  })

  it('inspector-call shows it', async () => {
    const page = await open({ head: tagOf(snippet('inspector-tag')) })
    await untilLive(page)
    await page.evaluate(snippet('inspector-call'))
    await shown(page).waitFor()
  })
})
