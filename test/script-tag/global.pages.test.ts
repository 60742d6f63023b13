import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { diaryOf, hearsOnce, holdScriptTagPages, script, TAG, untilIdle, untilLive } from '../support/script-tag-page'

// The script tag as it is built, in real Chromium, under a policy that trusts nothing but the tag.

const { held, open } = holdScriptTagPages()

/** Why the cart is as it is. */
const reason = (page: Page): Promise<unknown> => page.evaluate('CartEcho.cart.connection.get().reason')

/** What the only notice says. */
const noticeOf = (page: Page): Promise<string | null> =>
  page.locator('cart-echo-notice [part~="message"]').textContent()

/** The parts the page has fetched. */
const fetched = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => /\/cdn\/([\w-]+)\.js/.exec(name)?.[1])
      .filter((name) => name !== undefined),
  )

/** The parts that it asks for, from now on, whether they come or not. */
const partsAsked = (page: Page): string[] => {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (pathname.startsWith('/cdn/')) asked.push(pathname.slice('/cdn/'.length) + search)
  })
  return asked
}

const tag = (attributes: string): string => script('cart-echo.global.js', attributes)

describe('the script tag', () => {
  const listens = {
    'own.js': `
      window.told = []
      document.addEventListener('DOMContentLoaded', () => told.push('parsed'))
      document.addEventListener('cart-echo-ready', ({ detail }) => {
        window.readyAtMs = performance.now()
        told.push(detail === CartEcho.cart)
      })`,
  }

  // An async script may be the first or the last of all.
  it.each([
    ['defer, in <head>', { head: tag('defer') + script('own.js') }],
    ['async, in <head>', { head: script('own.js', '') + tag('async') }],
    ['blocking, in <head>', { head: tag('') + script('own.js') }],
    ['at the beginning of <body>', { body: tag('') + script('own.js') }],
  ])(
    '%s: the page hears a change once under a strict policy, and that the cart is ready, once and not before DOMContentLoaded',
    async (_, page) => {
      const opened = await open({ ...page, files: listens })
      await untilLive(opened)
      await hearsOnce(held.server, opened)
      const { states, ...diary } = await diaryOf(opened)
      expect(diary).toMatchObject({ ready: 1, violations: [] })
      expect(states.slice(0, 2)).toEqual(['connecting: loading', 'connecting: finding-echo'])
      // Scripts that come after the tag are told, too.
      expect([...(await opened.evaluate<unknown[]>('told'))].sort()).toEqual(['parsed', true])
      expect(
        await opened.evaluate('readyAtMs >= performance.getEntriesByType("navigation")[0].domContentLoadedEventStart'),
      ).toBe(true)
      expect(held.chromium.complaints).toEqual([])
      expect(held.server.sockets()).toBe(1)
    },
  )

  it('fetches nothing more for a page without anybody', async () => {
    let asked: string[] = []
    const page = await open({ head: TAG, block: false }, (page) => {
      asked = partsAsked(page)
    })
    await expect.poll(() => reason(page)).toBe('no-user')
    await untilIdle(page)
    expect(asked).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })

  it('needs no block: its own attributes say who looks, which events the page has, and that no notice is wanted', async () => {
    const { key, host, port } = held.server.reverb
    const settings = `data-user="1" data-check="/api/cart/check-updates" data-check-interval="1000" data-reverb-key="${key}"
      data-reverb-host="${host}" data-reverb-port="${port}" data-reverb-scheme="http"
      data-events="cart.stock.changed, cart.voucher.expired" data-notice="off"`
    // The events are known before the code is there.
    const mine = `CartEcho.ready((cart) => {
      window.known = [...cart.events]
      cart.on('cart.stock.changed', ({ left }) => { window.left = left })
      document.addEventListener('cart-stock-changed', ({ detail }) => { window.leftByDom = detail.left })
    })`
    const head = tag(`defer ${settings}`) + script('own.js')
    const page = await open({ head, block: false, files: { 'own.js': mine } })
    await untilLive(page)
    await hearsOnce(held.server, page)
    held.server.shop.publish(1, 'cart.stock.changed', { sku: 'mug', left: 2 })
    await expect.poll(() => page.evaluate('[window.left, window.leftByDom]')).toEqual([2, 2])
    expect(await page.evaluate('window.known')).toEqual([
      'cart.conditions.changed',
      'cart.stock.changed',
      'cart.voucher.expired',
    ])
    expect((await fetched(page)).sort()).toEqual(['engine'])
    expect(await page.locator('cart-echo-notice').count()).toBe(0)
    expect(held.chromium.complaints).toEqual([])
  })

  it('fetches its parts after the page is loaded, gives the cart to whoever asked before, and shows what changed', async () => {
    const stub = `window.CartEcho ??= { queue: [], ready(callback) { this.queue.push(callback) } }
      CartEcho.ready((cart) => cart.on('cart.conditions.changed', ({ message }) => { window.message = message }))`
    const slow = { head: script('own.js', '') + tag('async'), body: '<img src="/slow.png" alt="">' }
    const page = await open({ ...slow, files: { 'own.js': stub } }, (page) =>
      page.route('**/slow.png', async (route) => {
        await expect.poll(async () => (await diaryOf(page)).ready).toBe(1)
        await untilIdle(page)
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
    expect([...new Set(await fetched(page))].sort()).toEqual(['engine', 'notice'])
    await hearsOnce(held.server, page)
    expect(await page.evaluate('window.message')).toBe('Your cart was updated due to a promotion change')
    await expect.poll(() => noticeOf(page)).toContain('Your cart was updated due to a promotion change')
    expect((await diaryOf(page)).violations).toEqual([])
  })

  it('shows it in the notice that the page has', async () => {
    const page = await open({ head: TAG, body: '<cart-echo-notice inline></cart-echo-notice>' })
    await untilLive(page)
    await hearsOnce(held.server, page)
    await expect
      .poll(() => page.locator('cart-echo-notice[inline] [part~="message"]').textContent())
      .toContain('Your cart was updated')
  })

  it('waits with data-manual, and takes options', async () => {
    let asked: string[] = []
    const page = await open({ head: tag('defer data-manual') }, async (page) => {
      asked = partsAsked(page)
      await page.clock.install()
    })
    // Longer than any page is waited for.
    await page.clock.runFor(10_000)
    await page.evaluate("fetch('/diary.js').then(() => undefined)")
    expect(asked).toEqual([])
    await page.evaluate(`CartEcho.start({ instance: 'default', events: ['cart.stock.changed'] })
      CartEcho.ready((cart) => cart.on('cart.stock.changed', ({ left }) => { window.left = left }))`)
    await untilLive(page)
    held.server.shop.publish(1, 'cart.stock.changed', { sku: 'mug', left: 2 })
    await expect.poll(() => page.evaluate('window.left')).toBe(2)
    expect(await page.evaluate("try { CartEcho.start({ instance: 'wishlist' }) } catch ({ code }) { code }")).toBe(
      'invalid-options',
    )
  })

  it('says once what is wrong with the options, and listens when they are right', async () => {
    const mine = "CartEcho.start({ channel: 'Cart' })"
    const page = await open({ head: tag('defer') + script('own.js'), files: { 'own.js': mine } })
    const said = (): string[] => held.chromium.complaints.filter((text) => text.includes('[cart-echo]'))
    await expect.poll(said).toHaveLength(1)
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await untilIdle(page)
    expect(said()).toEqual([expect.stringContaining('invalid-channel')])
    await page.evaluate('void CartEcho.start({})')
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(said()).toHaveLength(1)
  })
})

const modules = new URL('../../node_modules/', import.meta.url)
const ECHO_SCRIPT = readFileSync(new URL('laravel-echo/dist/echo.iife.js', modules), 'utf8')
const PUSHER_SCRIPT = readFileSync(new URL('pusher-js/dist/web/pusher.min.js', modules), 'utf8')

// As a page builds its own of the two scripts; the name `Echo` is a namespace until then.
const MAKE_ECHO = `
window.makeEcho = () => {
  const { reverb } = window.settings ?? JSON.parse(document.querySelector('[data-cart-echo]').textContent)
  window.Echo = new Echo.default({ broadcaster: 'reverb', key: reverb.key, wsHost: reverb.host, wsPort: reverb.port,
    forceTLS: false, enabledTransports: ['ws'], auth: { headers: { Accept: 'application/json' } } })
}
if (!window.settings) addEventListener('DOMContentLoaded', () => setTimeout(makeEcho))
`
const ECHO_FILES = { 'echo.js': ECHO_SCRIPT, 'pusher.js': PUSHER_SCRIPT, 'make-echo.js': MAKE_ECHO }

describe('the script tag and the page’s Echo', () => {
  const echo = script('pusher.js') + script('echo.js') + script('make-echo.js')

  it.each([
    ['before the tag', echo + TAG],
    ['after the tag', TAG + echo],
  ])('uses the one that is made %s, by a part of its own', async (_, head) => {
    const page = await open({ head, files: ECHO_FILES })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect((await fetched(page)).filter((part) => part !== 'notice')).toEqual(['engine', 'echo'])
    expect(held.server.sockets()).toBe(1)
    expect((await diaryOf(page)).violations).toEqual([])
  })

  it('is none where the page has only its scripts: a socket of our own is opened', async () => {
    const page = await open({ head: script('pusher.js') + script('echo.js') + TAG, files: ECHO_FILES })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect((await fetched(page)).filter((part) => part !== 'notice' && part !== 'engine')).toEqual([])
  })

  it('waits for one that comes late, after the tag, where the page says no Reverb settings', async () => {
    const { reverb } = held.server
    const block = '<script type="application/json" data-cart-echo>{ "user": 1 }</script>'
    const settings = `window.settings = { reverb: ${JSON.stringify(reverb)} }`
    const head = script('settings.js') + TAG + script('pusher.js') + script('echo.js') + script('make-echo.js')
    const page = await open({ head, block, files: { ...ECHO_FILES, 'settings.js': settings } })
    await expect.poll(async () => (await diaryOf(page)).states.at(-1)).toBe('connecting: finding-echo')
    await page.evaluate('makeEcho()')
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect((await fetched(page)).filter((part) => part !== 'notice')).toEqual(['engine', 'echo'])
    expect(held.server.sockets()).toBe(1)
    expect((await diaryOf(page)).violations).toEqual([])
  })
})

/** Replaces a part by another than the one the script was built with. */
const tamper = (): void => {
  const path = join(held.server.folder, 'cdn/engine.js')
  writeFileSync(path, `${readFileSync(path, 'utf8')}\nwindow.tampered = true`)
}

/** No page waits longer before its second and its third try. */
const TWO_TRIES_MS = 4_000

/** Where the page waits until it tries again by itself, that is now. */
const letTimePass = async (page: Page): Promise<void> => {
  const isWaiting = await page.evaluate('CartEcho.cart.nextTryAtMs() > 0')
  if (isWaiting) await page.clock.runFor(TWO_TRIES_MS)
}

describe('a part that cannot be had', () => {
  it('is refused when it is not the one the script was built with', async () => {
    tamper()
    const page = await open({ head: TAG })
    await expect.poll(async () => (await diaryOf(page)).states.at(-1)).toBe('waiting: not-loaded')
    expect(await page.evaluate(() => 'tampered' in window)).toBe(false)
  })

  it('is fetched again by itself when it is what listens on the page’s Echo, and then the page is live', async () => {
    const head = script('pusher.js') + script('echo.js') + script('make-echo.js') + TAG
    let asked: string[] = []
    const page = await open({ head, files: ECHO_FILES }, async (page) => {
      asked = partsAsked(page)
      await page.clock.install()
      await page.route(/\/cdn\/echo\.js$/, (route) => route.abort())
    })
    await expect.poll(() => reason(page)).toBe('not-loaded')
    await expect
      .poll(async () => {
        await letTimePass(page)
        return (await diaryOf(page)).states.at(-1)
      })
      .toBe('live: subscribed')
    await hearsOnce(held.server, page)
    expect(asked.filter((part) => part !== 'notice.js')).toEqual(['engine.js', 'echo.js', 'echo.js?again=1'])
    expect(held.server.sockets()).toBe(1)
  })

  it('is not fetched any more when the page has stopped', async () => {
    let asked: string[] = []
    const page = await open({ head: TAG }, async (page) => {
      asked = partsAsked(page)
      await page.clock.install()
      await page.route('**/cdn/engine.js*', (route) => route.abort())
    })
    await expect.poll(() => reason(page)).toBe('not-loaded')
    await page.evaluate('CartEcho.cart.stop()')
    expect(await reason(page)).toBe('not-started')
    const before = asked.length
    await page.evaluate("dispatchEvent(new Event('online'))")
    await page.clock.runFor(TWO_TRIES_MS)
    await page.evaluate("fetch('/diary.js').then(({ status }) => status)")
    expect(asked).toHaveLength(before)
  })

  it('is said when it is the engine, or what shows notices, and fetched again by itself: the page becomes live', async () => {
    let asked: string[] = []
    const page = await open({ head: TAG }, async (page) => {
      asked = partsAsked(page)
      await page.clock.install()
      const refused = ['engine.js', 'engine.js?again=1', 'notice.js']
      await page.route(/\/cdn\/(engine|notice)\.js/, (route) =>
        refused.some((name) => route.request().url().endsWith(name)) ? route.abort() : route.continue(),
      )
    })
    const said = (): string[] => held.chromium.complaints.filter((text) => text.includes('[cart-echo] not-loaded'))
    await expect
      .poll(async () => {
        await letTimePass(page)
        return (await diaryOf(page)).states.at(-1)
      })
      .toBe('live: subscribed')
    await hearsOnce(held.server, page)
    await expect.poll(said).toEqual([expect.stringContaining('engine.js'), expect.stringContaining('notice.js')])
    await page.clock.runFor(TWO_TRIES_MS)
    await expect.poll(() => noticeOf(page)).toContain('Your cart was updated')
    // Another address each time, for browsers that remember that the first one failed.
    expect(asked.filter((part) => /engine|notice/.test(part))).toEqual([
      'engine.js',
      'engine.js?again=1',
      'engine.js?again=2',
      'notice.js',
      'notice.js?again=1',
    ])
    const { states } = await diaryOf(page)
    expect([...new Set(states)].slice(0, 2)).toEqual(['waiting: not-loaded', 'connecting: finding-echo'])
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
    expect((await fetched(page)).sort()).toEqual(['engine', 'notice'])
    expect(await page.locator('script[src*="/cdn/"]').count()).toBe(0)
    expect((await diaryOf(page)).violations).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })

  it('is refused when it is not the one the script was built with', async () => {
    tamper()
    const page = await open({ head: TAG }, asWebKit)
    await expect.poll(async () => (await diaryOf(page)).states.at(-1)).toBe('waiting: not-loaded')
    expect(await page.evaluate(() => 'tampered' in window)).toBe(false)
  })

  it('is fetched again by itself, and waited for as long as it takes: imported meanwhile, it would come another time, unchecked', async () => {
    let asked = 0
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const page = await open({ head: TAG }, async (page) => {
      await asWebKit(page)
      await page.clock.install()
      await page.route('**/cdn/engine.js*', async (route) => {
        asked += 1
        if (asked === 1) return route.abort()
        await held
        await route.continue()
      })
    })
    await expect
      .poll(async () => {
        await letTimePass(page)
        return asked
      })
      .toBe(2)
    const pins = page.locator('script[src*="/cdn/engine.js"]')
    expect(await pins.count()).toBe(1)
    await page.clock.runFor(60_000)
    expect(await pins.count()).toBe(1)
    letGo()
    await untilLive(page)
    expect(asked).toBe(2)
    expect(await page.locator('script[src*="/cdn/"]').count()).toBe(0)
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
