import { readFileSync } from 'node:fs'
import type { BrowserContextOptions, Locator, Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { expectNoneLeft, watchAlive } from '../adapters/support/live-objects'
import { holdAppPages } from '../support/app-page'

// The panel on a page of the stand-in, imported from npm, in real Chromium, on real sockets.

const app = holdAppPages()
const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

const SCRIPT = `
import { createCartEcho, readPage } from 'cart-echo'
import { reverb } from 'cart-echo/reverb'
import { inspect } from 'cart-echo/inspector'
import { showNotices } from 'cart-echo/notice'
const page = readPage()
const cart = createCartEcho({ ...page, connect: reverb(page.reverb), onError: () => undefined })
cart.connection.subscribe(({ name }) => { document.documentElement.dataset.state = name })
Object.assign(window, { cart, inspect, showNotices, stop: inspect(cart) })
cart.start()
`
const BODY = '<h1>Your cart</h1><button id="pay">Check out</button>'

const open = async (context: BrowserContextOptions = {}, prepare?: (page: Page) => unknown): Promise<Page> => {
  const page = await app.open({ script: SCRIPT, body: BODY, context, ...(prepare && { prepare }) })
  await page.locator('html[data-state="live"]').waitFor()
  await badge(page, 'Live')
  return page
}

const panel = (page: Page): Locator => page.getByRole('region', { name: 'cart-echo inspector' })
const badge = (page: Page, text: string): Promise<void> =>
  panel(page).locator('.badge').getByText(text, { exact: true }).waitFor()
const press = (page: Page, name: string): Promise<void> =>
  panel(page).getByRole('button', { name, exact: true }).click()
const said = (page: Page): Locator => panel(page).getByRole('status')
const marks = (page: Page, kind: string): Locator => panel(page).locator(`.chart .mark.${kind}`)
const boxOf = async (page: Page) => {
  const box = await panel(page).boundingBox()
  if (!box) throw new Error('No panel is to be seen.')
  return box
}
/** A change of customer 1, with the server's time on it. */
const publish = (): number =>
  app.held.server.shop.publish(1, 'cart.conditions.changed', {
    message: 'Raya Sale has ended',
    changes: { new_total: 'RM120.00' },
    timestamp: new Date().toISOString(),
    cart_echo: { sent_at_ms: Date.now() },
  }).seq
const complaints = (): string[] =>
  app.held.chromium.complaints.filter((words) => !/404|WebSocket connection/.test(words))

describe('the panel during an outage', () => {
  it('says that the socket is lost and when it is tried next; and shows afterwards what was published meanwhile, and when it was told', async () => {
    const page = await open()
    publish()
    publish()
    await marks(page, 'published').nth(1).waitFor()
    const { faults } = app.held.server
    const refused = faults.start({ kind: 'refuse', what: 'sockets' })
    const silent = faults.start({ kind: 'answer', on: 'check', status: 503 })
    faults.start({ kind: 'kill' })
    await app.held.server.restart()
    await badge(page, 'Waiting')
    await panel(page)
      .getByText(/Next try in \d+ s\./)
      .waitFor()
    expect(await panel(page).locator('.shade.waiting').count()).toBeGreaterThan(0)
    const link = panel(page).getByRole('link')
    expect(await link.getAttribute('href')).toMatch(/\/docs\/errors\.md#[\w-]+$/)
    publish()
    silent.lift()
    refused.lift()
    await badge(page, 'Live')
    await marks(page, 'check').last().waitFor()
    await expect.poll(() => marks(page, 'published').count()).toBe(3)
    expect(await panel(page).locator('.chart .link').count()).toBe(3)
    await panel(page).getByText('Figures').click()
    await expect.poll(() => panel(page).locator('dl div').allTextContents()).toContain('Live again1')
    expect(complaints()).toEqual([])
  })
})

describe('a button', () => {
  it('asks the check, which finds what the socket has lost', async () => {
    const page = await open()
    await press(page, 'Check now')
    await said(page).getByText('Up to date: nothing was missing.').waitFor()
    app.held.server.faults.start({ kind: 'drop' })
    publish()
    await press(page, 'Check now')
    await said(page).getByText('Up to date, after 1 change that the page did not know.').waitFor()
    app.held.server.faults.start({ kind: 'answer', on: 'check', status: 503 })
    await press(page, 'Check now')
    await said(page).getByText('No answer: check-busy (HTTP 503)').waitFor()
  })

  it('drops the socket: the page closes it, opens another, and hears what comes', async () => {
    const page = await open()
    expect(app.held.server.seen({ reset: true }).upgrades).toBe(1)
    await press(page, 'Drop the socket')
    await said(page).getByText('lets its connection go').waitFor()
    await expect.poll(() => app.held.server.seen().upgrades).toBe(1)
    await badge(page, 'Live')
    await expect.poll(() => app.held.server.sockets()).toBe(1)
    publish()
    await marks(page, 'socket').first().waitFor()
  })

  it('copies a report with nobody’s name, token, cookie, key or payload in it', async () => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
    publish()
    await marks(page, 'socket').first().waitFor()
    await press(page, 'Copy a report')
    await said(page).getByText('The report is copied.').waitFor()
    const report = await page.evaluate(() => navigator.clipboard.readText())
    expect(report).toContain('Live (live: subscribed)')
    expect(report).toContain('Told live: 1')
    expect(report).toContain('Chrome/')
    const { key, host, port } = app.held.server.reverb
    const block = await page.evaluate(() => JSON.parse(document.querySelector('[data-cart-echo]')?.textContent ?? '{}'))
    const epoch = await page.evaluate<string>('cart.news.get().last.change.cart_echo.epoch')
    const csrf = await page.evaluate(() => document.querySelector('meta[name=csrf-token]')?.getAttribute('content'))
    const cookies = (await page.context().cookies()).map(({ value }) => value)
    const secrets = [key, `${host}:${port}`, block.owner, epoch, csrf, ...cookies, 'Raya', 'RM120']
    expect(cookies.length).toBeGreaterThan(0)
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(2)
      expect(report, secret).not.toContain(secret)
    }
  })
})

describe('the timeline', () => {
  it('is scrolled back by dragging, stands still there while more happens, and follows again', async () => {
    const page = await open()
    publish()
    await marks(page, 'socket').first().waitFor()
    // Five minutes later, for the page: there is something to scroll back to.
    await page.evaluate(() => {
      const { now } = Date
      Date.now = () => now() + 300_000
    })
    publish()
    await marks(page, 'socket').first().waitFor()
    const now = panel(page).getByRole('button', { name: 'Now', exact: true })
    expect(await now.getAttribute('aria-pressed')).toBe('true')
    const field = panel(page).getByRole('group', { name: /^Timeline/ })
    const box = await field.boundingBox()
    if (!box) throw new Error('No timeline is to be seen.')
    const y = box.y + box.height / 2
    await page.mouse.move(box.x + box.width - 120, y)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width - 20, y, { steps: 4 })
    await page.mouse.up()
    const range = panel(page).locator('.range')
    await expect.poll(() => range.textContent()).toMatch(/^1 min until /)
    const until = await range.textContent()
    publish()
    await expect.poll(() => panel(page).locator('summary').filter({ hasText: 'Payloads' }).textContent()).toContain('3')
    expect(await range.textContent()).toBe(until)
    await field.focus()
    await page.keyboard.press('Home')
    await expect.poll(() => marks(page, 'socket').count()).toBe(2)
    await page.keyboard.press('End')
    await expect.poll(() => now.getAttribute('aria-pressed')).toBe('true')
    await page.keyboard.press('+')
    await panel(page)
      .getByText(/^30\.0 s$/)
      .waitFor()
  })

  it('says what the pointer is at', async () => {
    const page = await open()
    publish()
    const mark = marks(page, 'socket').last()
    await mark.waitFor()
    await press(page, 'Zoom out')
    await mark.hover()
    await panel(page)
      .getByText(/(Heard|Told) cart\.conditions\.changed \w+:\d+/)
      .first()
      .waitFor()
  })
})

describe('a page with styles for everything', () => {
  it.each([
    ['that undo what is usual', '* { all: unset }'],
    [
      'of text, and important',
      '* { text-transform: uppercase !important; letter-spacing: 9px !important; text-indent: 40px !important; white-space: nowrap !important; font-size: 40px !important }',
    ],
    [
      'that hide what the page does not know',
      'html > :not(head, body) { display: none !important; visibility: hidden !important; opacity: 0 !important; filter: blur(9px) !important; pointer-events: none !important; transform: rotate(9deg) !important }',
    ],
    ['from right to left', '* { direction: rtl !important; unicode-bidi: bidi-override !important }'],
  ])('%s, changes nothing of the panel', async (_, css) => {
    const page = await open({ bypassCSP: true })
    const looks = () =>
      panel(page).evaluate((one) => {
        const root = one.getRootNode() as ShadowRoot
        return [...[root.host], ...root.querySelectorAll('h2, button, p, code, .label, summary')].map((element) => {
          const { color, fontSize, letterSpacing, textTransform, textIndent, whiteSpace, direction, visibility } =
            getComputedStyle(element)
          const { opacity, filter, pointerEvents, transform, display } = getComputedStyle(element)
          const text = [color, fontSize, letterSpacing, textTransform, textIndent, whiteSpace, visibility]
          return [element.localName, ...text, opacity, filter, pointerEvents, transform, display].concat(
            element === root.host ? [] : direction,
          )
        })
      })
    const before = await looks()
    await page.addStyleTag({ content: css })
    expect(await looks()).toEqual(before)
    await press(page, 'Check now')
    await said(page).getByText('Up to date').waitFor()
  })

  it.each([0.8, 1.25])('that zoom all of it by %d, leave the panel in the window, of its size', async (zoom) => {
    const page = await open({ bypassCSP: true })
    const before = await boxOf(page)
    await press(page, 'Close the inspector')
    await page.addStyleTag({ content: `html { zoom: ${zoom} }` })
    await page.evaluate('inspect(cart)')
    expect(await boxOf(page)).toEqual(before)
    await page.mouse.move(before.x + 200, before.y + 20)
    await page.mouse.down()
    await page.mouse.move(before.x + 100, before.y + 50, { steps: 3 })
    await page.mouse.up()
    expect(await boxOf(page)).toEqual({ ...before, x: before.x - 100, y: before.y + 30 })
  })

  it('in a page from right to left, is English from left to right, with nothing cut off', async () => {
    const page = await open()
    await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'))
    const [label, field] = await Promise.all(
      ['.label', '.field'].map((one) => panel(page).locator(one).first().boundingBox()),
    )
    expect(label?.x).toBeGreaterThanOrEqual(field?.x ?? Number.NaN)
    expect(await panel(page).getAttribute('lang')).toBe('en')
  })
})

describe('the panel', () => {
  it('is moved and resized by pointer, minimised, closed by keyboard, and stands where it stood after a reload', async () => {
    const page = await open()
    const first = await boxOf(page)
    await page.mouse.move(first.x + 200, first.y + 20)
    await page.mouse.down()
    await page.mouse.move(first.x + 100, first.y + 10, { steps: 3 })
    await page.mouse.up()
    const moved = await boxOf(page)
    expect([moved.x - first.x, moved.y - first.y]).toEqual([-100, -10])
    await page.mouse.move(moved.x + moved.width - 8, moved.y + moved.height - 8)
    await page.mouse.down()
    await page.mouse.move(moved.x + moved.width - 88, moved.y + moved.height - 58, { steps: 3 })
    await page.mouse.up()
    const smaller = await boxOf(page)
    expect(smaller).toMatchObject({ x: moved.x, y: moved.y, width: moved.width - 80, height: moved.height - 50 })
    await page.reload()
    await badge(page, 'Live')
    expect(await boxOf(page)).toEqual(smaller)
    await panel(page).getByRole('button', { name: 'Minimise the inspector' }).focus()
    await page.keyboard.press('Enter')
    expect((await boxOf(page)).height).toBeLessThan(60)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('cart-echo-inspector').count()).toBe(0)
  })

  it('goes to any edge of the window while it is minimised, also after a reload; opened, it is wholly within', async () => {
    const page = await open()
    const whole = await boxOf(page)
    await press(page, 'Minimise the inspector')
    const first = await boxOf(page)
    await page.mouse.move(first.x + 100, first.y + 20)
    await page.mouse.down()
    await page.mouse.move(1_270, 715, { steps: 3 })
    await page.mouse.up()
    const corner = await boxOf(page)
    expect([Math.round(corner.x + corner.width), Math.round(corner.y + corner.height)]).toEqual([1_280, 720])
    // Its badge gets longer: it stays within.
    await page.evaluate('cart.connection.get = () => ({ name: "connecting", reason: "opening-socket", sinceMs: 0 })')
    publish()
    await badge(page, 'Connecting')
    const wider = await boxOf(page)
    expect([wider.width > corner.width, Math.round(wider.x + wider.width)]).toEqual([true, 1_280])
    await page.reload()
    await badge(page, 'Live')
    expect((await boxOf(page)).y).toBe(corner.y)
    await press(page, 'Open the inspector')
    expect(await boxOf(page)).toMatchObject({
      x: 1_280 - whole.width,
      y: 720 - whole.height,
      width: whole.width,
      height: whole.height,
    })
    await press(page, 'Minimise the inspector')
    expect((await boxOf(page)).y).toBe(corner.y)
  })

  it('can be used where a dialog of the page takes the focus back, a script scrolls it by the wheel, and another forbids to copy', async () => {
    const page = await open()
    await page.evaluate(() => {
      document.addEventListener('focusin', () => document.getElementById('pay')?.focus())
      for (const name of ['wheel', 'contextmenu', 'selectstart', 'copy'])
        document.addEventListener(name, (event) => event.preventDefault(), { passive: false })
    })
    await panel(page).locator('summary').filter({ hasText: 'Figures' }).click()
    const field = panel(page).getByRole('group', { name: /^Timeline/ })
    await field.focus()
    await page.keyboard.press('+')
    await panel(page)
      .getByText(/^30\.0 s$/)
      .waitFor()
    await panel(page).hover()
    await page.mouse.wheel(0, 60)
    const body = panel(page).locator('.body')
    await expect.poll(() => body.evaluate((one) => one.scrollTop)).toBeGreaterThan(0)
  })

  it('leaves the place where a notice comes', async () => {
    const page = await open({}, (page) => page.setViewportSize({ width: 1_280, height: 720 }))
    const { y, height } = await boxOf(page)
    await page.evaluate('showNotices(cart)')
    publish()
    const notice = page.locator('cart-echo-notice [part~=root]')
    await notice.waitFor()
    // It comes in from below.
    await expect.poll(async () => ((await notice.boundingBox())?.y ?? 0) >= y + height).toBe(true)
  })

  it('takes no focus, and is reached by Tab after the page', async () => {
    const page = await open()
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('body')
    await page.locator('#pay').focus()
    await page.keyboard.press('Tab')
    await expect
      .poll(() =>
        panel(page)
          .getByRole('button', { name: 'Move: arrow keys' })
          .evaluate((one) => one.matches(':focus')),
      )
      .toBe(true)
    await press(page, 'Close the inspector')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('pay')
  })

  it('tells screen readers nothing by itself, and axe finds nothing at fault, by day and by night, large and small', async () => {
    // axe is put into the page as text.
    const page = await open({ bypassCSP: true, colorScheme: 'light' })
    await page.evaluate(AXE)
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(':root { color-scheme: light dark }')
      document.adoptedStyleSheets = [sheet]
    })
    publish()
    app.held.server.shop.broadcast(1, 'cart.conditions.changed', { message: 3 })
    await marks(page, 'unreadable').waitFor()
    for (const title of ['Tabs', 'Figures', 'Payloads', 'Errors', 'Log'])
      await panel(page).locator('summary').filter({ hasText: title }).first().click()
    await panel(page).getByText('unreadable', { exact: true }).last().waitFor()
    expect(await said(page).textContent()).toBe('')
    const grounds: string[] = []
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [1_280, 360]) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 720 })
        const found = await page.evaluate(async () => {
          type Results = Record<'violations' | 'passes', { id: string; help: string; nodes: { html: string }[] }[]>
          const { axe } = window as unknown as { axe: { run(of: string, how: object): Promise<Results> } }
          const { violations, passes } = await axe.run('cart-echo-inspector', {
            rules: { 'target-size': { enabled: true } },
          })
          return {
            wrong: violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`),
            passed: passes.map(({ id }) => id),
          }
        })
        expect(found.wrong).toEqual([])
        expect(found.passed).toEqual(
          expect.arrayContaining(['button-name', 'color-contrast', 'target-size', 'svg-img-alt']),
        )
        grounds.push(await panel(page).evaluate((one) => getComputedStyle(one).backgroundColor))
        const { x, y, width: wide, height } = await boxOf(page)
        expect([x >= 0, y >= 0, x + wide <= width, y + height <= 720]).toEqual([true, true, true, true])
        // Nothing in it is wider than it is.
        expect(
          await panel(page)
            .locator('.body')
            .evaluate((one) => one.scrollWidth - one.clientWidth),
        ).toBe(0)
      }
    expect(new Set(grounds).size).toBe(2)
  })

  it('leaves nothing behind: no object, node or listener of a hundred that were opened and closed', async () => {
    const page = await open()
    const times = (count: number) =>
      page.evaluate(async (count) => {
        const { cart, inspect, stop } = window as unknown as {
          cart: unknown
          inspect(cart: unknown): () => void
          stop(): void
        }
        stop()
        for (let n = 0; n < count; n += 1) {
          const close = inspect(cart)
          if (n % 10 === 0) await new Promise(requestAnimationFrame)
          close()
        }
      }, count)
    await times(20)
    const alive = await watchAlive(page)
    const before = await alive()
    await times(100)
    expectNoneLeft(before, await alive())
    expect(await page.locator('cart-echo-inspector').count()).toBe(0)
  })

  it('shows which of two tabs leads, and that the other takes over', async () => {
    const page = await open()
    const other = await page.context().newPage()
    await other.goto(app.held.server.url)
    await other.locator('html[data-state="live"]').waitFor()
    await panel(page).locator('summary').filter({ hasText: 'Tabs' }).click()
    await panel(page).getByText('This tab leads; 1 other tab heard.').waitFor()
    await panel(other).locator('summary').filter({ hasText: 'Tabs' }).click()
    await panel(other).getByText('Another tab leads; 1 other tab heard.').waitFor()
    publish()
    await marks(other, 'tab').first().waitFor()
    await page.close()
    await panel(other).getByText('This tab leads;').waitFor()
    await expect.poll(() => other.locator('cart-echo-inspector .chart .cut').count()).toBe(1)
  })
})
