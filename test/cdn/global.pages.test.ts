import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { diaryOf, hearsOnce, holdScriptTagPages, script, TAG, untilLive } from '../support/script-tag-page'

// The script tag as it is built, in real Chromium, under a policy that trusts nothing but the tag.

const { held, open } = holdScriptTagPages()

/** Why the cart is as it is. */
const because = (page: Page): Promise<unknown> => page.evaluate('CartEcho.cart.connection.get().because')

/** What the only notice says. */
const noticeOf = (page: Page): Promise<string | null> =>
  page.locator('cart-echo-notice').getByRole('status').textContent()

/** The parts the page has fetched. */
const fetched = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => /\/cdn\/([\w-]+)\.js/.exec(name)?.[1])
      .filter((name) => name !== undefined),
  )

const tag = (attributes: string): string => script('cart-echo.global.js', attributes)

describe('the script tag', () => {
  it.each([
    ['defer, in <head>', { head: tag('defer') }],
    ['async, in <head>', { head: tag('async') }],
    ['blocking, in <head>', { head: tag('') }],
    ['at the beginning of <body>', { body: tag('') }],
  ])('%s: the page hears a change once, under a strict policy', async (_, page) => {
    const opened = await open(page)
    await untilLive(opened)
    await hearsOnce(held.server, opened)
    expect(await diaryOf(opened)).toMatchObject({ ready: 1, violations: [] })
    expect(held.chromium.complaints).toEqual([])
    expect(held.server.sockets()).toBe(1)
  })

  it('fetches nothing more for a page without anybody', async () => {
    const page = await open({ head: TAG, block: false })
    await expect.poll(() => because(page), { timeout: 10_000 }).toBe('no-user')
    expect(await fetched(page)).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })

  it('needs no block: its own attributes say the same', async () => {
    const { key, host, port } = held.server.reverb
    const settings = `data-user="1" data-check="/api/cart/check-updates" data-check-interval="1000" data-reverb-key="${key}"
      data-reverb-host="${host}" data-reverb-port="${port}" data-reverb-scheme="http"`
    const page = await open({ head: tag(`defer ${settings}`), block: false })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(held.chromium.complaints).toEqual([])
  })

  it('tells the page, and what stands beside it, of a change: a notice is shown', async () => {
    const page = await open({ head: TAG })
    await untilLive(page)
    await hearsOnce(held.server, page)
    await expect.poll(() => noticeOf(page)).toContain('Your cart was updated due to a promotion change')
    expect((await diaryOf(page)).violations).toEqual([])
  })

  it('shows it in the notice that the page has', async () => {
    const page = await open({ head: TAG, body: '<cart-echo-notice inline></cart-echo-notice>' })
    await untilLive(page)
    await hearsOnce(held.server, page)
    await expect
      .poll(() => page.locator('cart-echo-notice[inline]').getByRole('status').textContent())
      .toContain('Your cart was updated')
  })

  it('shows and fetches none with data-notice="off"', async () => {
    const page = await open({ head: tag('defer data-notice="off"') })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(await fetched(page)).not.toContain('notice')
    expect(await page.locator('cart-echo-notice').count()).toBe(0)
  })

  it('knows the page’s own events from data-events, before its code is there', async () => {
    const mine = `CartEcho.ready((cart) => {
      window.known = [...cart.events]
      cart.on('cart.stock.changed', ({ left }) => { window.left = left })
      document.addEventListener('cart-stock-changed', ({ detail }) => { window.leftByDom = detail.left })
    })`
    const head = tag('defer data-events="cart.stock.changed, cart.voucher.expired"') + script('own.js')
    const page = await open({ head, files: { 'own.js': mine } })
    await untilLive(page)
    held.server.shop.publish(1, 'cart.stock.changed', { sku: 'mug', left: 2 })
    await expect.poll(() => page.evaluate('[window.left, window.leftByDom]')).toEqual([2, 2])
    expect(await page.evaluate('window.known')).toEqual([
      'cart.conditions.changed',
      'cart.stock.changed',
      'cart.voucher.expired',
    ])
  })

  it('fetches its parts after the page is loaded', async () => {
    const slow = { head: tag('async'), body: '<img src="/slow.png" alt="">' }
    const page = await open(slow, (page) =>
      page.route('**/slow.png', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 1_500))
        await route.fulfill({ status: 204 })
      }),
    )
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
    const page = await open({ head: script('own.js', '') + tag('async'), files: { 'own.js': stub } })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(await page.evaluate(() => (window as never as { message: string }).message)).toBe(
      'Your cart was updated due to a promotion change',
    )
  })

  it.each(['defer', 'async', ''])(
    'says cart-echo-ready once, to scripts that come after it too, and not before DOMContentLoaded (%s)',
    async (attributes) => {
      const listen = `
        window.told = []
        document.addEventListener('DOMContentLoaded', () => told.push('parsed'))
        document.addEventListener('cart-echo-ready', ({ detail }) => {
          window.readyAtMs = performance.now()
          told.push(detail === CartEcho.cart)
        })`
      // An async script may be the first or the last of all.
      const [first, last] = attributes === 'async' ? [script('own.js', ''), ''] : ['', script('own.js')]
      const page = await open({ head: first + tag(attributes) + last, files: { 'own.js': listen } })
      await expect.poll(() => page.evaluate('told.length'), { timeout: 10_000 }).toBe(2)
      const told = await page.evaluate<unknown[]>('told')
      expect([...told].sort()).toEqual(['parsed', true])
      expect(
        await page.evaluate('readyAtMs >= performance.getEntriesByType("navigation")[0].domContentLoadedEventStart'),
      ).toBe(true)
      await untilLive(page)
      expect((await diaryOf(page)).ready).toBe(1)
    },
  )

  it('waits with data-manual, and takes options', async () => {
    const mine = `CartEcho.start({ instance: 'default', events: ['cart.stock.changed'] })
      CartEcho.ready((cart) => cart.on('cart.stock.changed', ({ left }) => { window.left = left }))`
    const page = await open({ head: tag('defer data-manual') + script('own.js'), files: { 'own.js': mine } })
    await untilLive(page)
    await expect
      .poll(() => {
        held.server.shop.publish(1, 'cart.stock.changed', { sku: 'mug', left: 2 })
        return page.evaluate(() => (window as never as { left: number }).left)
      })
      .toBe(2)
    expect(await page.evaluate("try { CartEcho.start({ instance: 'wishlist' }) } catch ({ code }) { code }")).toBe(
      'invalid-options',
    )
    const without = await open({ head: tag('defer data-manual') })
    await without.waitForLoadState()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(await fetched(without)).toEqual([])
  })

  it('says once what is wrong with the options, and listens when they are right', async () => {
    const mine = "CartEcho.start({ channel: 'Cart' })"
    const page = await open({ head: tag('defer') + script('own.js'), files: { 'own.js': mine } })
    const said = (): string[] => held.chromium.complaints.filter((text) => text.includes('[cart-echo]'))
    await expect.poll(said, { timeout: 10_000 }).toHaveLength(1)
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(said()).toEqual([expect.stringContaining('invalid-channel')])
    await page.evaluate('void CartEcho.start({})')
    await untilLive(page)
    await hearsOnce(held.server, page)
  })

  it('does nothing a second time, and says so once', async () => {
    const warnings: string[] = []
    const page = await open({ head: TAG, body: TAG + TAG }, async (page) => {
      page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
    })
    await untilLive(page)
    await hearsOnce(held.server, page)
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
    ['before the tag', script('pusher.js') + script('echo.js') + script('make-echo.js') + TAG],
    ['after the tag', TAG + script('pusher.js') + script('echo.js') + script('make-echo.js')],
  ])('uses the one that is made %s, and fetches none', async (_, head) => {
    const page = await open({ head, files: ECHO_FILES })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect((await fetched(page)).filter((part) => part !== 'notice' && part !== 'engine')).toEqual([])
    expect(held.server.sockets()).toBe(1)
    expect((await diaryOf(page)).violations).toEqual([])
  })

  it('makes one of the page’s own scripts where the page has only those', async () => {
    const page = await open({ head: script('pusher.js') + script('echo.js') + TAG, files: ECHO_FILES })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect((await fetched(page)).filter((part) => part !== 'notice' && part !== 'engine')).toEqual([])
  })

  it('waits for one that comes late where the page says no Reverb settings', async () => {
    const { reverb } = held.server
    const block = '<script type="application/json" data-cart-echo>{ "user": 1 }</script>'
    const settings = `window.settings = { reverb: ${JSON.stringify(reverb)} }; window.lateByMs = 3000`
    const head = script('settings.js') + TAG + script('pusher.js') + script('echo.js') + script('make-echo.js')
    const page = await open({ head, block, files: { ...ECHO_FILES, 'settings.js': settings } })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(held.server.sockets()).toBe(1)
  })
})

describe('a part that cannot be had', () => {
  it('is said when it is the one that makes the socket, and the page polls', async () => {
    held.server.faults.start({ kind: 'policy', pollMs: 1_000 })
    const page = await open({ head: TAG }, (page) => page.route('**/cdn/pusher.js*', (route) => route.abort()))
    await expect.poll(async () => (await diaryOf(page)).states.at(-1), { timeout: 10_000 }).toBe('polling: no-echo')
    await hearsOnce(held.server, page)
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

  it('is said when it is the engine, and fetched again by itself: the page becomes live', async () => {
    const asked: string[] = []
    const page = await open({ head: TAG }, (page) =>
      page.route('**/cdn/engine.js*', (route) => {
        asked.push(new URL(route.request().url()).search)
        return asked.length <= 2 ? route.abort() : route.continue()
      }),
    )
    await untilLive(page)
    await hearsOnce(held.server, page)
    // Another address each time, for browsers that remember that the first one failed.
    expect(asked).toEqual(['', '?again=1', '?again=2'])
    const { states } = await diaryOf(page)
    expect([...new Set(states)].slice(0, 3)).toEqual([
      'connecting: loading',
      'waiting: not-loaded',
      'connecting: finding-echo',
    ])
    expect(held.chromium.complaints.filter((text) => text.includes('[cart-echo] not-loaded'))).toHaveLength(1)
  })

  it('is not fetched any more when the page has stopped', async () => {
    const asked: string[] = []
    const page = await open({ head: TAG }, (page) =>
      page.route('**/cdn/engine.js*', (route) => {
        asked.push(route.request().url())
        return route.abort()
      }),
    )
    await expect.poll(() => because(page), { timeout: 10_000 }).toBe('not-loaded')
    await page.evaluate('CartEcho.cart.stop()')
    expect(await because(page)).toBe('not-started')
    const before = asked.length
    await page.evaluate("dispatchEvent(new Event('online'))")
    await page.waitForTimeout(2_500)
    expect(asked).toHaveLength(before)
  })

  it('is fetched again when it is the one that shows notices', async () => {
    const blocked = { is: true }
    const page = await open({ head: TAG }, (page) =>
      page.route('**/cdn/notice.js*', (route) => {
        const isBlocked = blocked.is
        blocked.is = false
        return isBlocked ? route.abort() : route.continue()
      }),
    )
    await untilLive(page)
    await expect.poll(() => page.locator('cart-echo-notice').count(), { timeout: 10_000 }).toBe(1)
    await hearsOnce(held.server, page)
    await expect.poll(() => noticeOf(page)).toContain('Your cart was updated')
  })
})

describe('a part, in WebKit, which does not look at the integrity of a modulepreload', () => {
  const asWebKit = (page: Page): Promise<unknown> =>
    page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'vendor', { get: () => 'Apple Computer, Inc.' })
      Object.defineProperty(HTMLLinkElement.prototype, 'integrity', { set: () => undefined })
    })

  it('is loaded, once, and nothing is refused', async () => {
    const page = await open({ head: TAG }, asWebKit)
    await untilLive(page)
    await hearsOnce(held.server, page)
    await expect.poll(() => noticeOf(page)).toContain('Your cart was updated')
    expect((await fetched(page)).sort()).toEqual(['engine', 'laravel-echo', 'notice', 'pusher'])
    expect(await page.locator('script[src*="/cdn/"]').count()).toBe(0)
    expect((await diaryOf(page)).violations).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })

  it('is refused when it is not the one the script was built with', async () => {
    const path = join(held.server.folder, 'cdn/pusher.js')
    writeFileSync(path, `${readFileSync(path, 'utf8')}\nwindow.tampered = true`)
    const page = await open({ head: TAG }, asWebKit)
    await expect.poll(async () => (await diaryOf(page)).states.at(-1), { timeout: 10_000 }).toBe('polling: no-echo')
    expect(await page.evaluate(() => 'tampered' in window)).toBe(false)
  })

  it('is waited for as long as it takes: imported meanwhile, it would come another time, unchecked', async () => {
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const page = await open({ head: TAG }, async (page) => {
      await asWebKit(page)
      await page.clock.install()
      await page.route('**/cdn/engine.js*', async (route) => {
        await held
        await route.continue()
      })
    })
    const pins = page.locator('script[src*="/cdn/engine.js"]')
    await expect.poll(() => pins.count(), { timeout: 10_000 }).toBe(1)
    await page.clock.runFor(60_000)
    expect(await pins.count()).toBe(1)
    letGo()
    await untilLive(page)
    expect(await page.locator('script[src*="/cdn/"]').count()).toBe(0)
  })

  it('is fetched again by itself when it could not be had', async () => {
    let asked = 0
    const page = await open({ head: TAG }, async (page) => {
      await asWebKit(page)
      await page.route('**/cdn/engine.js*', (route) => {
        asked += 1
        return asked === 1 ? route.abort() : route.continue()
      })
    })
    await untilLive(page)
    expect((await diaryOf(page)).states).toContain('waiting: not-loaded')
  })
})

describe('the script tag as a module', () => {
  it('finds its own attributes and parts where it is the only one in <head>', async () => {
    const page = await open({ head: tag('type="module" data-notice="off"') })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(await fetched(page)).not.toContain('notice')
    expect(held.chromium.complaints).toEqual([])
  })

  it.each([
    ['in <body>', '', tag('type="module"')],
    ['one of two', tag('type="module"'), tag('type="module"').replace('.js"', '.js?2"')],
  ])('says that it cannot tell which it is, %s', async (_, head, body) => {
    const warnings: string[] = []
    const page = await open({ head: head && head + body, body: head ? '' : body, block: false }, (page) =>
      page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text())),
    )
    await expect.poll(() => page.evaluate("'CartEcho' in window")).toBe(true)
    expect(warnings.filter((text) => text.includes('cart-echo.esm.js'))).toHaveLength(1)
  })
})
