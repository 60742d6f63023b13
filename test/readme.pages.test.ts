import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Locator, Page } from 'playwright'
import { afterEach, describe, expect, it } from 'vitest'
import type { CartEcho } from '../src/core/cart-echo'
import { decodeBroadcast, decodeConditionsChanged } from '../src/core/decode'
import { startServer } from '../src/server'
import { tellWithoutAmounts } from './support/change-without-amounts'
import { complaintsOf } from './support/compile-snippet'
import { openForPages } from './support/demo'
import { guides, OWN_ECHO, snippet, snippets } from './support/guide-snippets'

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

/** Opens a page with the snippet on it, and waits until the shop has its socket, if it has any. */
const openPage = async (
  code: string,
  { before = '', loader = 'js' as 'js' | 'ts', sockets = 1, html = PAGE } = {},
): Promise<Page> => {
  const { outputFiles } = await build({
    stdin: { contents: `${before}\n${code}`, resolveDir: root, loader },
    bundle: true,
    format: 'esm',
    write: false,
  })
  writeFileSync(join(folder, 'page.js'), outputFiles[0]?.text ?? '')
  writeFileSync(join(folder, 'index.html'), html)
  const page = await held.chromium.open(held.server.url)
  await expect.poll(() => held.server.sockets()).toBe(sockets)
  return page
}

/** The numbers of what the page heard, in its order. */
const heardBy = (page: Page): Promise<number[]> => page.evaluate(() => (window as unknown as { heard: number[] }).heard)

/** The text of an element, once it is another. */
const changed = async (page: Page, selector: string, from: string): Promise<string> => {
  const element = page.locator(selector)
  await expect.poll(() => element.textContent()).not.toBe(from)
  return (await element.textContent()) ?? ''
}

// The server confirms a subscription after the socket is open, so the promotion ends again and again until it is heard.
const endPromotion = async (page: Page, selector: string, from: string): Promise<string> => {
  await expect
    .poll(async () => {
      held.server.shop.applyToAll('raya-sale')
      held.server.shop.removeFromAll('raya-sale')
      return page.locator(selector).textContent()
    })
    .not.toBe(from)
  return changed(page, selector, from)
}

/** What a change says nothing of stays as it was. */
const keepsTotal = async (page: Page): Promise<void> => {
  const total = await page.locator('#cart-total').textContent()
  await tellWithoutAmounts(held.server, page)
  expect(await page.locator('#cart-total').textContent()).toBe(total)
}

/** Ends the promotion again and again until the page has told of it. */
const untilTold = (isTold: () => Promise<boolean>): Promise<void> =>
  expect
    .poll(
      () => {
        held.server.shop.applyToAll('raya-sale')
        held.server.shop.removeFromAll('raya-sale')
        return isTold()
      },
      { timeout: 10_000, interval: 400 },
    )
    .toBe(true)

describe('every snippet of the guides', () => {
  it('has a name of its own', () => {
    const fenced = [...guides.matchAll(/^```(js|ts|tsx|vue|blade|php|json|html)$/gm)].length
    expect(snippets.filter(({ language }) => language !== 'sh')).toHaveLength(fenced)
    expect(new Set(snippets.map(({ name }) => name)).size).toBe(snippets.length)
  })

  it.each(snippets.map(({ name }) => name))('%s has a test', (name) => {
    const files = [
      'readme.pages',
      'readme.frameworks.pages',
      'readme.script-tag.pages',
      'server/proxy/snippets',
      'package/bin',
    ]
    const tests = files.map((file) => readFileSync(new URL(`./${file}.test.ts`, import.meta.url), 'utf8')).join()
    expect(tests).toMatch(new RegExp(`(snippet|run)\\('${name}'\\)|\\['${name}'`))
  })
})

describe('the README’s snippet', () => {
  it.each([
    ['page-block', { user: '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a' }],
    ['log-block', { user: '7', owner: 'h7Qk', cursor: 'b7f3:17', check: { url: '/api/cart/check-updates' } }],
  ])('%s is read by readPage', async (name, expected) => {
    const page = await held.chromium.browser.newPage()
    const { outputFiles } = await build({
      stdin: { contents: "import { readPage } from 'cart-echo'; window.page = readPage()", resolveDir: root },
      bundle: true,
      write: false,
    })
    await page.setContent(`<body><main></main>${snippet(name)}</body>`)
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
    expect(await page.evaluate(() => (window as unknown as { page: unknown }).page)).toEqual({
      ...expected,
      reverb: { key: 'your-app-key', host: 'ws.example.com', port: 443, scheme: 'https' },
    })
  })

  it('existing-echo shows total and message', async () => {
    const page = await openPage(snippet('existing-echo'), { before: OWN_ECHO })
    expect(await endPromotion(page, '#cart-total', '?')).toMatch(/^RM\d+\.00$/)
    expect(await page.locator('#cart-notice').textContent()).toBe('Your cart was updated due to a promotion change')
    await keepsTotal(page)
  })

  it('own-echo shows the total', async () => {
    const page = await openPage(snippet('own-echo'))
    expect(await endPromotion(page, '#cart-total', '?')).toMatch(/^RM\d+\.00$/)
    await keepsTotal(page)
  })

  it('dom-event shows the total', async () => {
    const starting = "import { createCartEcho, readPage } from 'cart-echo'\nimport { reverb } from 'cart-echo/reverb'\n"
    const start = 'const p = readPage(); createCartEcho({ ...p, echo: reverb(p.reverb) }).start()\n'
    const page = await openPage(snippet('dom-event'), { before: starting + start })
    expect(await endPromotion(page, '#cart-total', '?')).toMatch(/^RM\d+\.00$/)
    await keepsTotal(page)
  })

  it('check finds what was dropped, in order and once, and shows the server’s total', async () => {
    const page = await openPage(snippet('check'), { before: OWN_ECHO + SPY })
    await endPromotion(page, '#cart-notice', '')
    const before = (await heardBy(page)).length
    held.server.faults.start({ kind: 'drop', times: 2, customer: 1 })
    held.server.shop.applyToAll('raya-sale')
    held.server.shop.removeFromAll('raya-sale')
    held.server.shop.applyToAll('raya-sale')
    await expect.poll(async () => (await heardBy(page)).length, { timeout: 10_000 }).toBe(before + 3)
    await expect.poll(() => page.locator('#cart-total').textContent(), { timeout: 10_000 }).toBe('RM108.00')
    const seqs = await heardBy(page)
    // Between them are those of another instance, which are not told.
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
  })

  it('refresh-event keeps the cart as it is while somebody types, and no longer', async () => {
    const page = await openPage(snippet('check') + snippet('refresh-event'), { before: OWN_ECHO })
    await endPromotion(page, '#cart-notice', '')
    await expect.poll(() => page.locator('#cart-total').textContent()).toBe('RM120.00')
    await page.evaluate(() => {
      const seen = window as unknown as { prevented: boolean[] }
      seen.prevented = []
      window.addEventListener('cart-echo-refresh', (event) => seen.prevented.push(event.defaultPrevented))
    })
    const prevented = () => page.evaluate(() => (window as unknown as { prevented: boolean[] }).prevented)
    await page.locator('#voucher').focus()
    held.server.shop.applyToAll('raya-sale')
    await expect.poll(prevented, { timeout: 10_000 }).toEqual([true])
    expect(await page.locator('#cart-total').textContent()).toBe('RM120.00')
    await page.locator('#voucher').blur()
    held.server.shop.removeFromAll('raya-sale')
    held.server.shop.applyToAll('raya-sale')
    await expect.poll(() => page.locator('#cart-total').textContent(), { timeout: 10_000 }).toBe('RM108.00')
  })

  it('hold keeps a refresh waiting while somebody types, and runs it afterwards', async () => {
    const page = await openPage(snippet('check') + snippet('hold'), { before: OWN_ECHO })
    await endPromotion(page, '#cart-notice', '')
    await page.getByText('Read anew.').waitFor()
    await page.locator('#cart-state').evaluate((state) => state.replaceChildren('?'))
    await page.locator('#voucher').focus()
    held.server.shop.applyToAll('raya-sale')
    // The other refresh of the page, which nothing holds back, runs in the same time.
    await expect.poll(() => page.locator('#cart-total').textContent(), { timeout: 10_000 }).toBe('RM108.00')
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(await page.locator('#cart-state').textContent()).toBe('?')
    await page.locator('#voucher').blur()
    await page.getByText('Read anew.').waitFor()
  })

  it('changed-here has the other tab read its cart, without a question to the check, and comes to rest', async () => {
    const first = await openPage(snippet('changed-here'))
    const second = await first.context().newPage()
    await second.goto(first.url())
    await expect.poll(() => held.server.sockets()).toBe(1)
    const counts = () => {
      const { carts, checks } = held.server.seen()
      return { carts: Object.values(carts).reduce((a, b) => a + b, 0), checks }
    }
    // What the pages do when they are opened.
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const before = counts()
    await second.locator('#add').click()
    await expect.poll(() => first.locator('#cart-total').textContent()).toBe('RM108.00')
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(counts()).toEqual({ ...before, carts: before.carts + 2 })
  })

  it('before-checkout finds what nobody has told yet, and says when it cannot', async () => {
    const page = await openPage(snippet('check') + snippet('before-checkout'), { before: OWN_ECHO })
    await endPromotion(page, '#cart-notice', '')
    const checkOut = async (): Promise<string | null> => {
      await page.locator('#cart-notice').evaluate((notice) => notice.replaceChildren())
      await page.locator('#check-out').click()
      await page.getByText(/^(Your cart has just changed|On to paying|The shop cannot tell)/).waitFor()
      return page.locator('#cart-notice').textContent()
    }
    // From then on nothing is asked by itself that could find the change first.
    await expect.poll(checkOut, { timeout: 10_000 }).toBe('On to paying.')
    held.server.faults.start({ kind: 'drop', customer: 1 })
    held.server.shop.applyToAll('raya-sale')
    await expect.poll(checkOut, { timeout: 10_000 }).toBe('Your cart has just changed. Look once more.')
    expect(await page.locator('#cart-total').textContent()).toBe('RM108.00')
    await expect.poll(checkOut).toBe('On to paying.')
    held.server.faults.start({ kind: 'answer', on: 'check', status: 500 })
    await expect.poll(checkOut, { timeout: 10_000 }).toBe('The shop cannot tell now (check-failed). Try again.')
  })

  it('check-only shows the news without a socket', async () => {
    held.server.faults.start({ kind: 'policy', pollMs: 1_000 })
    const page = await openPage(snippet('check-only'), { sockets: 0 })
    await expect.poll(() => held.server.seen().checks[200]).toBeGreaterThan(0)
    held.server.shop.removeFromAll('raya-sale')
    await page.getByText('Your cart was updated due to a promotion change').waitFor()
    expect(held.server.seen().upgrades).toBe(0)
  })

  it('check-only feeds the page of a guest, too', async () => {
    const body = { updated: true, message: 'Raya Sale has ended' }
    held.server.faults.start({ kind: 'answer', on: 'check', status: 200, body })
    const block = '<script type="application/json" data-cart-echo>{ "guest": true }</script>'
    await openPage(snippet('check-only'), { sockets: 0, html: PAGE.replace('<!-- cart-echo -->', block) }).then(
      (page) => page.getByText('Raya Sale has ended').waitFor(),
    )
  })

  it('steer is live again sooner than pusher-js would try a second time', async () => {
    const page = await openPage(snippet('steer'), { before: OWN_ECHO })
    await page.getByText('live: subscribed').waitFor()
    const restarted = held.server.restart({ downMs: 2_000, what: 'sockets' })
    await page.getByText(/socket-lost/).waitFor()
    await restarted
    await page.getByText('live: subscribed').waitFor({ timeout: 10_000 })
  })

  it('identify leaves the channel’s news, and listens for another customer', async () => {
    const spy = `
      window.heard = 0
      document.addEventListener('cart-conditions-changed', () => { window.heard += 1 })
      document.addEventListener('cart-echo-status', ({ detail }) => {
        document.querySelector('#cart-state').textContent = detail.name + ': ' + detail.because
      })`
    const page = await openPage(snippet('identify'), { before: OWN_ECHO + spy })
    await page.getByText('live: subscribed').waitFor()
    await page.locator('#log-out').click()
    await page.getByText('idle: no-user').waitFor()
    held.server.shop.removeFromAll('raya-sale')
    await page.locator('#log-in').click()
    // Still customer 1's session: customer 2's channel is refused, and says so.
    await page.getByText('polling: not-authorised').waitFor()
    expect(await page.evaluate(() => (window as unknown as { heard: number }).heard)).toBe(0)
  })

  it('notice tells the shopper, and is dismissed', async () => {
    const page = await openPage(snippet('notice'), { before: OWN_ECHO })
    const words = page.locator('cart-echo-notice').getByText('Raya Sale has ended.').first()
    await untilTold(() => words.isVisible())
    // What came in the last moment is shown before it can be dismissed.
    const dismiss = page.getByRole('button', { name: 'Dismiss' })
    await expect
      .poll(async () => {
        if (await dismiss.isVisible()) await dismiss.click()
        return words.isVisible()
      })
      .toBe(false)
  })

  it('notice-elements are where it is told: beside the totals, with a link where it floats', async () => {
    const html = PAGE.replace('<p id="stock"></p>', snippet('notice-elements'))
    const page = await openPage(snippet('notice'), { before: OWN_ECHO, html })
    const [inline, floating] = [
      page.locator('cart-echo-notice[inline]'),
      page.locator('cart-echo-notice:not([inline])'),
    ]
    await untilTold(() => inline.getByText('New total').isVisible())
    expect(await page.locator('cart-echo-notice').count()).toBe(2)
    await inline.evaluate((notice) => notice.remove())
    await untilTold(() => floating.getByText('New total').isVisible())
    expect(await page.getByRole('link', { name: 'View cart' }).isVisible()).toBe(true)
  })

  it('notice-messages tells it in the shop’s words', async () => {
    const page = await openPage(snippet('notice-messages'), { before: OWN_ECHO })
    await untilTold(() => page.getByText('Promosi Raya Sale telah tamat. Jumlah baharu anda RM120.00').isVisible())
    expect(await page.getByRole('button', { name: 'Tutup' }).isVisible()).toBe(true)
  })

  it('notice-event hands it to a toast of the shop’s own', async () => {
    const toasts =
      "window.toasts = []\nwindow.addEventListener('toast', ({ detail }) => window.toasts.push(detail.message))\n"
    const page = await openPage(snippet('notice') + snippet('notice-event'), { before: OWN_ECHO + toasts })
    const told = () => page.evaluate(() => (window as unknown as { toasts: string[] }).toasts)
    await untilTold(async () => (await told()).some((text) => text.includes('RM120.00')))
    expect(await page.getByRole('button', { name: 'Dismiss' }).isVisible()).toBe(false)
  })

  it('notice-before-paying keeps a shopper from paying for what they have not seen', async () => {
    const pay = '<form action="/paid.html"><button id="check-out">Pay</button></form>'
    const html = PAGE.replace('<button id="check-out">check out</button>', pay)
    const code = `${snippet('check')}${snippet('notice-before-paying')}\nwindow.cart = cart`
    const page = await openPage(code, { before: OWN_ECHO, html })
    await endPromotion(page, '#cart-notice', '')
    await page.locator('#check-out').click()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(page.url()).not.toContain('paid')
    await page.evaluate(() => (window as unknown as { cart: { dismiss(): void } }).cart.dismiss())
    await page.locator('#check-out').click()
    await page.waitForURL('**/paid.html*')
  })

  it.each([
    ['nobody is logged in', '<script type="application/json" data-cart-echo>{}</script>', false],
    ['nothing was to be said', '<!-- cart-echo -->', true],
  ])('notice-before-paying lets a shopper pay where %s', async (_, block, hasSilentChange) => {
    const pay = '<form action="/paid.html"><button id="check-out">Pay</button></form>'
    const html = PAGE.replace('<button id="check-out">check out</button>', pay).replace('<!-- cart-echo -->', block)
    const code = `${snippet('check')}${snippet('notice-before-paying')}\nwindow.cart = cart`
    const page = await openPage(code, {
      before: hasSilentChange ? OWN_ECHO : '',
      html,
      sockets: hasSilentChange ? 1 : 0,
    })
    if (hasSilentChange) {
      const isUnread = () =>
        page.evaluate(() => (window as unknown as { cart: CartEcho }).cart.news.get().unread.length > 0)
      await expect
        .poll(() => {
          const payload = { message: null, changes: {}, timestamp: new Date().toISOString() }
          held.server.shop.publish(1, 'cart.conditions.changed', payload)
          return isUnread()
        })
        .toBe(true)
    }
    await page.locator('#check-out').click()
    await page.waitForURL('**/paid.html*')
  })

  it('connection shows how the page is fed', async () => {
    const page = await openPage(snippet('connection'), { before: OWN_ECHO })
    await page.getByText('live: subscribed').waitFor()
  })

  it('own-event compiles, and shows the stock', async () => {
    expect(complaintsOf(snippet('own-event'))).toEqual([])
    const page = await openPage(snippet('own-event'), { before: OWN_ECHO, loader: 'ts' })
    await expect
      .poll(async () => {
        held.server.shop.publish(1, 'cart.stock.changed', { sku: 'mug', left: 2 })
        return page.locator('#stock').textContent()
      })
      .toBe('mug: 2')
  })

  it('payload is one the decoder takes', () => {
    const payload: unknown = JSON.parse(snippet('payload'))
    const { change } = decodeBroadcast('cart.conditions.changed', payload, decodeConditionsChanged)
    expect(change).toBe(payload)
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
