import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Locator, Page } from 'playwright'
import { afterEach, describe, expect, it } from 'vitest'
import type { CartEcho } from '../src/engine/cart-echo'
import { decodeConditionsChanged } from '../src/engine/payload'
import { startServer } from '../src/server'
import { tellWithoutAmounts } from './support/change-without-amounts'
import { complaintsOf } from './support/compile-snippet'
import { openForPages } from './support/demo'
import { OWN_ECHO, snippet, snippets } from './support/guide-snippets'
import { holdTime, onItsOwnClock, passTime } from './support/page-time'
import { decodeBroadcast } from './support/payloads'

// Every snippet of the README and of the guides it leads to, run: against the built package, in real Chromium, with the stand-in behind it.

const root = new URL('..', import.meta.url).pathname
let folder = ''
const held = openForPages(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cart-echo-readme-'))
  return startServer({ port: 0, autoLogin: 1, pages: folder })
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="csrf-token" content="%CSRF%"><title>t</title></head><body>
<p id="cart-total">?</p><p id="cart-notice"></p><p id="cart-state"></p><p id="stock"></p>
<input id="voucher"><button id="log-in">in</button><button id="log-out">out</button><button id="check-out">check out</button><button id="add">add</button>
<!-- cart-echo --><script type="module" src="/page.js"></script></body></html>`

// Notes what the page hears as a DOM event.
const SPY = `
window.heard = []
document.addEventListener('cart-conditions-changed', ({ detail }) => window.heard.push(detail.cart_echo.seq))
`

/** What the scripts of these pages leave on `window`. */
interface Left {
  readonly heard: readonly number[]
  readonly cart: CartEcho
}

/** Opens a page with the snippet on it, on a clock of its own, and waits until the shop has its channel, if it listens to one. */
const openPage = async (
  code: string,
  { before = '', loader = 'js' as 'js' | 'ts', isLive = true, html = PAGE } = {},
): Promise<Page> => {
  const { outputFiles } = await build({
    stdin: { contents: `${before}\n${code}`, resolveDir: root, loader },
    bundle: true,
    format: 'esm',
    write: false,
  })
  writeFileSync(join(folder, 'page.js'), outputFiles[0]?.text ?? '')
  writeFileSync(join(folder, 'index.html'), html)
  const page = await held.chromium.open(held.server.url, {}, onItsOwnClock)
  if (isLive) await expect.poll(() => held.server.seen().subscriptions).toBeGreaterThan(0)
  return page
}

/** The numbers of what the page heard, in its order. */
const heardBy = (page: Page): Promise<readonly number[]> => page.evaluate(() => (window as unknown as Left).heard)

const textOf = (page: Page, selector: string): Promise<string | null> => page.locator(selector).textContent()

const shows = (page: Page, selector: string, text: string): Promise<void> =>
  expect.poll(() => textOf(page, selector)).toBe(text)

const endPromotion = () => held.server.shop.removeFromAll('raya-sale')
const beginPromotion = () => held.server.shop.applyToAll('raya-sale')

/** The total of a change is shown, and stays when another says nothing of it. */
const showsTotal = async (page: Page): Promise<void> => {
  endPromotion()
  await shows(page, '#cart-total', 'RM120.00')
  await tellWithoutAmounts(held.server, page)
  expect(await textOf(page, '#cart-total')).toBe('RM120.00')
}

/** Longer than anything here is waited with, but for a poll. */
const LONG_MS = 5_000

describe('every snippet of the guides', () => {
  // That each has a test is seen by docs.snippets.test.ts.
  it('has a name of its own', () => {
    // What two guides show is the same in both.
    const differ = new Set(snippets.map(({ name, code }) => `${name}\n${code}`))
    expect(differ.size).toBe(new Set(snippets.map(({ name }) => name)).size)
  })
})

describe('the README’s snippet', () => {
  it('page-block and log-block are read by readPage', async () => {
    const page = await held.chromium.browser.newPage()
    const { outputFiles } = await build({
      stdin: { contents: "import { readPage } from 'cart-echo'; window.page = readPage()", resolveDir: root },
      bundle: true,
      write: false,
    })
    const read = async (block: string): Promise<unknown> => {
      await page.setContent(`<body><main></main>${block}</body>`)
      await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
      return page.evaluate(() => (window as unknown as { page: unknown }).page)
    }
    const reverb = { key: 'your-app-key', host: 'ws.example.com', port: 443, scheme: 'https' }
    expect(await read(snippet('page-block'))).toEqual({ user: '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a', reverb })
    const logged = { user: '7', owner: 'h7Qk', cursor: 'b7f3:17', check: { url: '/api/cart/check-updates' }, reverb }
    expect(await read(snippet('log-block'))).toEqual(logged)
  })

  it('existing-echo shows total and message', async () => {
    const page = await openPage(snippet('existing-echo'), { before: OWN_ECHO })
    endPromotion()
    await shows(page, '#cart-total', 'RM120.00')
    expect(await textOf(page, '#cart-notice')).toBe('Your cart was updated due to a promotion change')
    await tellWithoutAmounts(held.server, page)
    expect(await textOf(page, '#cart-total')).toBe('RM120.00')
  })

  it('start hears the change', async () => {
    const page = await openPage(`${snippet('start')}window.cart = cart`)
    endPromotion()
    const last = () => page.evaluate(() => (window as unknown as Left).cart.news.get().last?.change)
    await expect.poll(last).toMatchObject({ message: 'Your cart was updated due to a promotion change' })
  })

  it('dispose gives back the cart of a module that is replaced', async () => {
    const code = `${snippet('own-echo')}\n${snippet('dispose')}`.replaceAll('import.meta.hot', 'window.hot')
    const page = await openPage(code, { before: 'window.hot = { dispose: (run) => { window.dispose = run } }' })
    expect(held.server.sockets()).toBe(1)
    await page.evaluate('dispose()')
    await expect.poll(() => held.server.sockets()).toBe(0)
  })

  it('own-echo shows the total', async () => {
    await showsTotal(await openPage(snippet('own-echo')))
  })

  it('dom-event shows the total', async () => {
    const starting = "import { createCartEcho, readPage } from 'cart-echo'\nimport { reverb } from 'cart-echo/reverb'\n"
    const start = 'const p = readPage(); createCartEcho({ ...p, connect: reverb(p.reverb) }).start()\n'
    await showsTotal(await openPage(snippet('dom-event'), { before: starting + start }))
  })

  it('check finds what was dropped, in order and once, and shows the server’s total', async () => {
    const page = await openPage(snippet('check'), { before: OWN_ECHO + SPY })
    endPromotion()
    await shows(page, '#cart-total', 'RM120.00')
    held.server.faults.start({ kind: 'drop', times: 2, customer: 1 })
    beginPromotion()
    endPromotion()
    beginPromotion()
    await passTime(page, LONG_MS)
    await expect.poll(async () => (await heardBy(page)).length).toBe(4)
    await shows(page, '#cart-total', 'RM108.00')
    await passTime(page, LONG_MS)
    const seqs = await heardBy(page)
    // Between them are those of another instance, which are not told.
    expect(seqs).toHaveLength(4)
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
  })

  it('before-checkout finds what nobody has told yet, and says when it cannot', async () => {
    const page = await openPage(snippet('check') + snippet('before-checkout'), { before: OWN_ECHO })
    const checkOut = async (): Promise<string | null> => {
      // An answer that is younger than the snippet asks for would do. By itself the page asks much later.
      await passTime(page, LONG_MS)
      await page.locator('#cart-notice').evaluate((notice) => notice.replaceChildren())
      await page.locator('#check-out').click()
      await page.getByText(/^(Your cart has just changed|On to paying|The shop cannot tell)/).waitFor()
      return textOf(page, '#cart-notice')
    }
    expect(await checkOut()).toBe('On to paying.')
    // With what the shopper's other cart hears, which would show that something is missing.
    held.server.faults.start({ kind: 'drop', times: 2, customer: 1 })
    endPromotion()
    expect(await checkOut()).toBe('Your cart has just changed. Look once more.')
    expect(await textOf(page, '#cart-total')).toBe('RM120.00')
    expect(await checkOut()).toBe('On to paying.')
    held.server.faults.start({ kind: 'answer', on: 'check', status: 500 })
    expect(await checkOut()).toBe('The shop cannot tell now (check-failed). Try again.')
  })

  it('refresh-event keeps the cart as it is while somebody types, and no longer', async () => {
    const page = await openPage(snippet('check') + snippet('refresh-event'), { before: OWN_ECHO })
    endPromotion()
    await shows(page, '#cart-total', 'RM120.00')
    await page.evaluate(() => {
      const seen = window as unknown as { prevented: boolean[] }
      seen.prevented = []
      window.addEventListener('cart-echo-refresh', (event) => seen.prevented.push(event.defaultPrevented))
    })
    const prevented = () => page.evaluate(() => (window as unknown as { prevented: boolean[] }).prevented)
    await page.locator('#voucher').focus()
    beginPromotion()
    await expect.poll(prevented).toEqual([true])
    await passTime(page, LONG_MS)
    expect(await textOf(page, '#cart-total')).toBe('RM120.00')
    await page.locator('#voucher').blur()
    endPromotion()
    beginPromotion()
    await shows(page, '#cart-total', 'RM108.00')
  })

  it('hold keeps a refresh waiting while somebody types, and runs it afterwards', async () => {
    const page = await openPage(snippet('check') + snippet('hold'), { before: OWN_ECHO })
    endPromotion()
    await shows(page, '#cart-state', 'Read anew.')
    await page.locator('#cart-state').evaluate((state) => state.replaceChildren('?'))
    await page.locator('#voucher').focus()
    beginPromotion()
    // The other refresh of the page, which nothing holds back, runs in the same time.
    await shows(page, '#cart-total', 'RM108.00')
    await passTime(page, LONG_MS)
    expect(await textOf(page, '#cart-state')).toBe('?')
    await page.locator('#voucher').blur()
    await shows(page, '#cart-state', 'Read anew.')
  })

  it('changed-here has the other tab read its cart, without a question to the check, and comes to rest', async () => {
    const first = await openPage(snippet('changed-here'))
    const second = await first.context().newPage()
    await second.goto(first.url())
    const counts = () => {
      const { carts, checks } = held.server.seen()
      return { carts: Object.values(carts).reduce((a, b) => a + b, 0), checks }
    }
    // It listens through the first, and waits for its place.
    await expect
      .poll(() => second.evaluate(() => navigator.locks.query().then(({ pending }) => pending?.length)))
      .toBe(1)
    // Whatever they do when they are opened; they share a clock.
    await passTime(first, LONG_MS)
    await passTime(second, LONG_MS)
    expect(held.server.sockets()).toBe(1)
    const before = counts()
    await second.locator('#add').click()
    await shows(first, '#cart-total', 'RM108.00')
    await passTime(first, LONG_MS)
    await passTime(second, LONG_MS)
    expect(counts()).toEqual({ ...before, carts: before.carts + 2 })
  })

  it('check-only shows the news without a socket', async () => {
    const page = await openPage(snippet('check-only'), { isLive: false })
    await expect.poll(() => held.server.seen().checks[200]).toBeGreaterThan(0)
    endPromotion()
    await expect
      .poll(async () => {
        await passTime(page, LONG_MS)
        return textOf(page, '#cart-notice')
      })
      .toBe('Your cart was updated due to a promotion change')
    expect(held.server.seen().upgrades).toBe(0)
  })

  it('check-only feeds the page of a guest, too', async () => {
    const body = { updated: true, message: 'Raya Sale has ended' }
    held.server.faults.start({ kind: 'answer', on: 'check', status: 200, body })
    const block = '<script type="application/json" data-cart-echo>{ "guest": true }</script>'
    const html = PAGE.replace('<!-- cart-echo -->', block)
    const page = await openPage(snippet('check-only'), { isLive: false, html })
    await page.getByText('Raya Sale has ended').waitFor()
  })

  it('steer tries again and again before pusher-js would a second time, and is live as soon as it can', async () => {
    const page = await openPage(snippet('steer'), { before: OWN_ECHO })
    await shows(page, '#cart-state', 'live: subscribed')
    await holdTime(page)
    const away = held.server.faults.start({ kind: 'refuse', what: 'sockets' })
    held.server.faults.start({ kind: 'kill' })
    await page.getByText(/socket-lost/).waitFor()
    const { upgrades } = held.server.seen()
    // Left alone it tries after 1 s, by two requests, and after 16.
    for (let passedMs = 0; passedMs < 15_000; passedMs += 500) await passTime(page, 500)
    expect(held.server.seen().upgrades - upgrades).toBeGreaterThan(2)
    away.lift()
    await expect
      .poll(async () => {
        await passTime(page, 500)
        return textOf(page, '#cart-state')
      })
      .toBe('live: subscribed')
  })

  it('identify leaves the channel’s news, and listens for another customer', async () => {
    const spy = `${SPY}
      document.addEventListener('cart-echo-status', ({ detail }) => {
        document.querySelector('#cart-state').textContent = detail.name + ': ' + detail.reason
      })`
    const page = await openPage(snippet('identify'), { before: OWN_ECHO + spy })
    await shows(page, '#cart-state', 'live: subscribed')
    await page.locator('#log-out').click()
    await shows(page, '#cart-state', 'idle: no-user')
    endPromotion()
    await page.locator('#log-in').click()
    // Still customer 1's session: customer 2's channel is refused, and says so.
    await shows(page, '#cart-state', 'polling: not-authorised')
    expect(await heardBy(page)).toEqual([])
  })

  it('notice tells the shopper, and is dismissed', async () => {
    const page = await openPage(snippet('notice'))
    endPromotion()
    const words = page.locator('cart-echo-notice').getByText('Raya Sale has ended.').first()
    await words.waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await words.waitFor({ state: 'hidden' })
  })

  it('notice-elements are where it is told: beside the totals, with a link where it floats', async () => {
    const html = PAGE.replace('<p id="stock"></p>', snippet('notice-elements'))
    const page = await openPage(snippet('notice'), { html })
    const inline = page.locator('cart-echo-notice[inline]')
    const floating = page.locator('cart-echo-notice:not([inline])')
    endPromotion()
    await inline.getByText('New total').first().waitFor()
    expect(await page.locator('cart-echo-notice').count()).toBe(2)
    await inline.evaluate((notice) => notice.remove())
    beginPromotion()
    await floating.getByText('New total').first().waitFor()
    expect(await page.getByRole('link', { name: 'View cart' }).isVisible()).toBe(true)
  })

  it('notice-messages tells it in the shop’s words', async () => {
    const page = await openPage(snippet('notice').replace('showNotices(cart)\n', snippet('notice-messages')))
    endPromotion()
    await page.getByText('Promosi Raya Sale telah tamat. Jumlah baharu anda RM120.00').first().waitFor()
    expect(await page.getByRole('button', { name: 'Tutup' }).isVisible()).toBe(true)
  })

  it('notice-event hands it to a toast of the shop’s own', async () => {
    const toasts =
      "window.toasts = []\nwindow.addEventListener('toast', ({ detail }) => window.toasts.push(detail.message))\n"
    const page = await openPage(snippet('notice') + snippet('notice-event'), { before: toasts })
    endPromotion()
    await expect
      .poll(() => page.evaluate(() => (window as unknown as { toasts: string[] }).toasts.join()))
      .toContain('RM120.00')
    expect(await page.getByRole('button', { name: 'Dismiss' }).isVisible()).toBe(false)
  })

  const PAY = '<form action="/paid.html"><button id="check-out">Pay</button></form>'
  const PAYING = PAGE.replace('<button id="check-out">check out</button>', PAY)
  const payingScript = () => `${snippet('check')}${snippet('notice-before-paying')}\nwindow.cart = cart`

  it('notice-before-paying keeps a shopper from paying for what they have not seen, and from nothing else', async () => {
    const page = await openPage(payingScript(), { before: OWN_ECHO, html: PAYING })
    const paid: string[] = []
    // Answered so that the page stays.
    await page.route('**/paid.html*', (route) => {
      paid.push(route.request().url())
      return route.fulfill({ status: 204 })
    })
    const unread = () => page.evaluate(() => (window as unknown as Left).cart.news.get().unread.length)
    const silent = { message: null, changes: {}, timestamp: new Date().toISOString() }
    held.server.shop.publish(1, 'cart.conditions.changed', silent)
    await expect.poll(unread).toBe(1)
    await page.locator('#check-out').click()
    await expect.poll(() => paid.length).toBe(1)
    endPromotion()
    await expect.poll(unread).toBe(2)
    // So that it asks anew.
    await passTime(page, LONG_MS)
    const { checks } = held.server.seen()
    await page.locator('#check-out').click()
    await expect.poll(() => held.server.seen().checks).not.toEqual(checks)
    await passTime(page, LONG_MS)
    expect(paid).toHaveLength(1)
    await page.evaluate(() => (window as unknown as Left).cart.dismiss())
    await page.locator('#check-out').click()
    await expect.poll(() => paid.length).toBe(2)
  })

  it('notice-before-paying lets a shopper pay where nobody is logged in', async () => {
    const block = '<script type="application/json" data-cart-echo>{}</script>'
    const html = PAYING.replace('<!-- cart-echo -->', block)
    const page = await openPage(payingScript(), { isLive: false, html })
    await page.locator('#check-out').click()
    await page.waitForURL('**/paid.html*')
  })

  it('connection shows how the page is fed', async () => {
    const page = await openPage(snippet('connection'), { before: OWN_ECHO })
    await shows(page, '#cart-state', 'live: subscribed')
  })

  it('own-event compiles beside a window.Echo and its own news, and shows the stock', async () => {
    const news = `import type { CartEcho } from 'cart-echo'\ndeclare const cart: CartEcho\n${snippet('own-event-news')}`
    const files = {
      'own-event.ts': snippet('own-event'),
      'echo.d.ts': snippet('window-echo'),
      'news.ts': news,
    }
    expect(await complaintsOf(files)).toEqual([])
    const page = await openPage(snippet('own-event'), { before: OWN_ECHO, loader: 'ts' })
    held.server.shop.publish(1, 'cart.stock.changed', { sku: 'mug', left: 2 })
    await shows(page, '#stock', 'mug: 2')
  })

  it('payload is one the decoder takes', () => {
    const payload: unknown = JSON.parse(snippet('payload'))
    const { change } = decodeBroadcast('cart.conditions.changed', payload, decodeConditionsChanged)
    expect(change).toEqual(payload)
  })

  it('server runs in Node and ends', async () => {
    const code = snippet('server').replaceAll('console.log', 'said.push')
    const said: string[] = []
    const run = new Function('startServer', 'said', `return (async () => { ${code.replace(/^import.*$/m, '')} })()`)
    await run(startServer, said)
    expect(said[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/cart$/)
    expect(said[1]).toBe('5 carts changed')
  })
})

describe('the README’s way to break the server', () => {
  it('break-http restarts Reverb by one call', async () => {
    const [, method, path, header = '', body] =
      /curl -X (\w+) http:\/\/127\.0\.0\.1:8080(\S+) -H '([^']+)' -d '([^']+)'/.exec(snippet('break-http')) ?? []
    const [name = '', value = ''] = header.split(': ')
    const request = { method: method ?? '', headers: { [name]: value }, body: body ?? '' }
    const answer = await fetch(`${held.server.url}${path}`, request)
    expect(await answer.json()).toMatchObject({ active: true, fault: { kind: 'restart', downMs: 4_000 } })
  })

  it('break-it is a Playwright test that passes', async () => {
    const built = await import(join(root, 'dist/server/index.js'))
    const page = await (await held.chromium.browser.newContext()).newPage()
    const tests: (() => Promise<void>)[] = []
    const test = (_name: string, body: (fixtures: { page: Page }) => Promise<void>) => tests.push(() => body({ page }))
    const code = snippet('break-it').replace(/^import.*$/gm, '')
    new Function('test', 'expect', 'startServer', code)(test, expectElement, built.startServer)
    expect(tests).toHaveLength(1)
    for (const run of tests) await run()
  })
})

/** As much of Playwright's own `expect` as the README uses. */
const expectElement = (element: Locator) => ({
  toHaveCount: (count: number) => expect.poll(() => element.count()).toBe(count),
})
