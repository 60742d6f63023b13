import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { diaryOf, holdScriptTagPages, TAG } from '../support/script-tag-page'

// The script tag as it is built, in real Chromium, under a policy that trusts nothing but the tag.

const { held, open } = holdScriptTagPages()

const untilLive = (page: Page): Promise<unknown> =>
  expect.poll(async () => (await diaryOf(page)).states.at(-1), { timeout: 10_000 }).toBe('live: subscribed')

/** Publishes once, and expects that the page hears that, once. */
const hearsOnce = async (page: Page): Promise<void> => {
  const before = (await diaryOf(page)).heard.length
  held.server.shop.removeFromAll('raya-sale')
  await expect.poll(async () => (await diaryOf(page)).heard.length).toBe(before + 1)
}

/** The parts the page has fetched. */
const fetched = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => /\/cdn\/([\w-]+)\.js/.exec(name)?.[1])
      .filter((name) => name !== undefined),
  )

const tag = (attributes: string): string => `<script nonce="n0nce" src="/cart-echo.global.js" ${attributes}></script>`

/** The page's own script, trusted by the same policy. */
const own = (name: string, attributes = 'defer'): string =>
  `<script nonce="n0nce" src="/${name}" ${attributes}></script>`

describe('the script tag', () => {
  it.each([
    ['defer, in <head>', { head: tag('defer') }],
    ['async, in <head>', { head: tag('async') }],
    ['blocking, in <head>', { head: tag('') }],
    ['at the beginning of <body>', { body: tag('') }],
  ])('%s: the page hears a change once, under a strict policy', async (_, page) => {
    const opened = await open(page)
    await untilLive(opened)
    await hearsOnce(opened)
    expect(await diaryOf(opened)).toMatchObject({ ready: 1, violations: [] })
    expect(held.chromium.complaints).toEqual([])
    expect(held.server.sockets()).toBe(1)
  })

  it('fetches nothing more for a page without anybody', async () => {
    const page = await open({ head: TAG, block: false })
    await expect.poll(async () => (await diaryOf(page)).states.at(-1)).toBe(undefined)
    await expect
      .poll(
        () =>
          page.evaluate(
            () =>
              (
                window as never as { CartEcho: { cart: { connection: { get(): { because: string } } } } }
              ).CartEcho.cart.connection.get().because,
          ),
        { timeout: 10_000 },
      )
      .toBe('no-user')
    expect(await fetched(page)).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })

  it('fetches its parts after the page is loaded', async () => {
    const page = await open({ head: tag('async') })
    await untilLive(page)
    const [loadedAtMs, firstAtMs] = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
      const parts = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/cdn/'))
      return [navigation?.loadEventStart ?? 0, Math.min(...parts.map(({ startTime }) => startTime))] as const
    })
    expect(firstAtMs).toBeGreaterThanOrEqual(loadedAtMs)
    expect([...new Set(await fetched(page))].sort()).toEqual(['engine', 'laravel-echo', 'notice', 'pusher'])
  })

  it('gives the cart to whoever asked before it was there', async () => {
    const stub = `window.CartEcho ??= { queue: [], ready(callback) { this.queue.push(callback) } }
      CartEcho.ready((cart) => cart.on('cart.conditions.changed', ({ message }) => { window.message = message }))`
    const page = await open({ head: own('own.js', '') + tag('async'), files: { 'own.js': stub } })
    await untilLive(page)
    await hearsOnce(page)
    expect(await page.evaluate(() => (window as never as { message: string }).message)).toBe(
      'Your cart was updated due to a promotion change',
    )
  })

  it('waits with data-manual, and takes options', async () => {
    const mine = `CartEcho.start({ instance: 'default', events: ['cart.stock.changed'] })
      CartEcho.ready((cart) => cart.on('cart.stock.changed', ({ left }) => { window.left = left }))`
    const page = await open({ head: tag('defer data-manual') + own('own.js'), files: { 'own.js': mine } })
    await untilLive(page)
    await expect
      .poll(() => {
        held.server.shop.publish(1, 'cart.stock.changed', { sku: 'mug', left: 2 })
        return page.evaluate(() => (window as never as { left: number }).left)
      })
      .toBe(2)
    const without = await open({ head: tag('defer data-manual') })
    await without.waitForLoadState()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(await fetched(without)).toEqual([])
  })

  it('does nothing a second time, and says so once', async () => {
    const warnings: string[] = []
    const page = await open({ head: TAG, body: TAG + TAG }, async (page) => {
      page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
    })
    await untilLive(page)
    await hearsOnce(page)
    expect(warnings.filter((text) => text.includes('[cart-echo]'))).toEqual([
      expect.stringContaining('has 0.1.0 already'),
    ])
  })
})

const modules = new URL('../../node_modules/', import.meta.url)
const ECHO_SCRIPT = readFileSync(new URL('laravel-echo/dist/echo.iife.js', modules), 'utf8')
const PUSHER_SCRIPT = readFileSync(new URL('pusher-js/dist/web/pusher.min.js', modules), 'utf8')

// As a page builds its own of the two scripts; the name `Echo` is a namespace until then.
const MAKE_ECHO = `
addEventListener('DOMContentLoaded', () => setTimeout(() => {
  const { reverb } = window.settings ?? JSON.parse(document.querySelector('[data-cart-echo]').textContent)
  window.Echo = new Echo.default({ broadcaster: 'reverb', key: reverb.key, wsHost: reverb.host, wsPort: reverb.port,
    forceTLS: false, enabledTransports: ['ws'], auth: { headers: { Accept: 'application/json' } } })
}, window.lateByMs ?? 0))
`
const ECHO_FILES = { 'echo.js': ECHO_SCRIPT, 'pusher.js': PUSHER_SCRIPT, 'make-echo.js': MAKE_ECHO }

describe('the script tag and the page’s Echo', () => {
  it.each([
    ['before the tag', own('pusher.js') + own('echo.js') + own('make-echo.js') + TAG],
    ['after the tag', TAG + own('pusher.js') + own('echo.js') + own('make-echo.js')],
  ])('uses the one that is made %s, and fetches none', async (_, head) => {
    const page = await open({ head, files: ECHO_FILES })
    await untilLive(page)
    await hearsOnce(page)
    expect((await fetched(page)).filter((part) => part !== 'notice' && part !== 'engine')).toEqual([])
    expect(held.server.sockets()).toBe(1)
    expect((await diaryOf(page)).violations).toEqual([])
  })

  it('makes one of the page’s own scripts where the page has only those', async () => {
    const page = await open({ head: own('pusher.js') + own('echo.js') + TAG, files: ECHO_FILES })
    await untilLive(page)
    await hearsOnce(page)
    expect((await fetched(page)).filter((part) => part !== 'notice' && part !== 'engine')).toEqual([])
  })

  it('waits for one that comes late where the page says no Reverb settings', async () => {
    const { reverb } = held.server
    const block = '<script type="application/json" data-cart-echo>{ "user": 1 }</script>'
    const settings = `window.settings = { reverb: ${JSON.stringify(reverb)} }; window.lateByMs = 3000`
    const head = own('settings.js') + TAG + own('pusher.js') + own('echo.js') + own('make-echo.js')
    const page = await open({ head, block, files: { ...ECHO_FILES, 'settings.js': settings } })
    await untilLive(page)
    await hearsOnce(page)
    expect(held.server.sockets()).toBe(1)
  })
})

describe('a part that cannot be had', () => {
  it('is said when it is the one that makes the socket, and the page polls', async () => {
    held.server.faults.start({ kind: 'policy', pollMs: 1_000 })
    const page = await open({ head: TAG }, (page) => page.route('**/cdn/pusher.js', (route) => route.abort()))
    await expect.poll(async () => (await diaryOf(page)).states.at(-1), { timeout: 10_000 }).toBe('polling: no-echo')
    await hearsOnce(page)
    expect(held.chromium.complaints.join('\n')).toContain('[cart-echo] no-echo')
  })

  it('is refused when it is not the one the script was built with', async () => {
    const page = await open({ head: TAG }, async (page) => {
      const path = join(held.server.folder, 'cdn/pusher.js')
      writeFileSync(path, `${readFileSync(path, 'utf8')}\nwindow.tampered = true`)
      await page.evaluate(() => undefined)
    })
    await expect.poll(async () => (await diaryOf(page)).states.at(-1), { timeout: 10_000 }).toBe('polling: no-echo')
    expect(await page.evaluate(() => 'tampered' in window)).toBe(false)
  })

  it('is said when it is the engine, and fetched again when the network is back', async () => {
    const blocked = { is: true }
    const page = await open({ head: TAG }, (page) =>
      page.route('**/cdn/engine.js', (route) => (blocked.is ? route.abort() : route.continue())),
    )
    await expect
      .poll(() => held.chromium.complaints.join('\n'), { timeout: 10_000 })
      .toContain('[cart-echo] not-loaded')
    blocked.is = false
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await untilLive(page)
  })
})
