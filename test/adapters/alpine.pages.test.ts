import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { cartEcho } from '../../src/adapters/alpine'
import { holdAppPages } from '../support/app-page'

const { held, open } = holdAppPages()

const START = `
import { createCartEcho, readPage } from 'cart-echo'
import { cartEcho } from 'cart-echo/alpine'
import { reverb } from 'cart-echo/reverb'
const page = readPage()
window.warnings = []
console.warn = (words) => window.warnings.push(String(words))
const cart = createCartEcho({ ...page, echo: reverb(page.reverb) })
window.cart = cart
cart.start()
`

interface Told {
  warnings: string[]
  heard: string[]
}

const told = (page: Page): Promise<Told> =>
  page.evaluate(() => {
    const { warnings, heard } = window as unknown as Told
    return { warnings, heard }
  })

// Not what the server has not, such as an icon.
const complaints = (): string[] =>
  held.chromium.complaints.filter((words) => !words.startsWith('Failed to load resource'))

const textOf = (page: Page, selector: string): Promise<string> => page.locator(selector).innerText()

const isLive = (page: Page) =>
  page.waitForFunction(() => {
    const { cart } = window as unknown as { cart: { connection: { get(): { name: string } } } }
    return cart.connection.get().name === 'live'
  })

describe.each([
  ['alpinejs', { bypassCSP: true }],
  ['@alpinejs/csp', {}],
])('a page with %s', (build, context) => {
  const withAlpine = (script: string) => `import Alpine from '${build}'\n${START}\n${script}`

  it('hears a change exactly once through the window, the store and the directive, and knows nothing of it after it is dismissed', async () => {
    const page = await open({
      context,
      script: withAlpine(`
        Alpine.data('page', () => ({
          total: '',
          counts: { window: 0, store: 0, directive: 0 },
          init() {
            this.$watch('$store.cartEcho.last', () => { this.counts.store += 1 })
          },
        }))
        Alpine.plugin(cartEcho(cart))
        Alpine.start()`),
      body: `<main x-data="page" x-on:cart-conditions-changed.window="counts.window = counts.window + 1"
          x-cart-echo:changed="counts.directive = counts.directive + 1">
        <p id="counts" x-text="counts.window + ' ' + counts.store + ' ' + counts.directive"></p>
        <p id="message" x-text="$store.cartEcho.message"></p>
        <button x-on:click="$cartEcho.dismiss()">Dismiss</button></main>
        <div x-data="page" id="plain" x-on:cart-conditions-changed.window="total = $event.detail.changes.new_total" x-text="total"></div>`,
    })
    await isLive(page)
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => textOf(page, '#counts')).toBe('1 1 1')
    expect(await textOf(page, '#plain')).toBe('RM120.00')
    expect(await textOf(page, '#message')).toBe('Your cart was updated due to a promotion change')
    await page.getByRole('button').click()
    await expect.poll(() => textOf(page, '#message')).toBe('')
    expect(await textOf(page, '#counts')).toBe('1 1 1')
    expect(complaints()).toEqual([])
    expect((await told(page)).warnings).toEqual([])
  })

  it('may get it on alpine:init, as the Alpine of Livewire does', async () => {
    const page = await open({
      context,
      script: withAlpine(`
        document.addEventListener('alpine:init', () => Alpine.plugin(cartEcho(cart)))
        Alpine.start()`),
      body: `<p x-data x-text="$cartEcho.message" x-cart-echo:changed="$store.cartEcho.dismiss()"></p><i x-data x-text="'' + $cartEcho.unread"></i>`,
    })
    await isLive(page)
    held.server.shop.removeFromAll('raya-sale')
    await expect
      .poll(() =>
        page.evaluate(() => (window as never as { cart: { news: { get(): { last: unknown } } } }).cart.news.get().last),
      )
      .not.toBeNull()
    await expect.poll(() => textOf(page, 'i')).toBe('0')
    expect((await told(page)).warnings).toEqual([])
    expect(complaints()).toEqual([])
  })

  it('that gets it late has it all, in what was there before and in what is added', async () => {
    const page = await open({
      context,
      script: withAlpine(`
        Alpine.start()
        Alpine.plugin(cartEcho(cart))
        const added = document.createElement('div')
        added.setAttribute('x-data', '{ heard: 0 }')
        added.setAttribute('x-cart-echo:changed', 'heard = heard + 1')
        added.setAttribute('x-text', "heard + $cartEcho.message + $store.cartEcho.unread")
        document.body.append(added)
        added.id = 'added'`),
      body: '<p x-data="{ heard: 0 }" x-cart-echo:changed="heard = heard + 1" x-text="heard" id="early"></p><p x-data id="shown" x-text="$cartEcho.unread"></p><p x-data="{ count: 0 }" x-init="count = count + 1" id="own" :data-count="count"></p>',
    })
    await isLive(page)
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => textOf(page, '#added')).toBe('1Your cart was updated due to a promotion change1')
    expect(await textOf(page, '#early')).toBe('1')
    expect(await textOf(page, '#shown')).toBe('1')
    expect(await page.locator('#own').getAttribute('data-count')).toBe('1')
    // Alpine's own words, from before; none of ours.
    const said = [...(await told(page)).warnings, ...complaints()]
    expect(
      said.filter(
        (words) => !/\$cartEcho is not defined|Undefined variable: \$cartEcho|^Alpine Expression Error/.test(words),
      ),
    ).toEqual([])
  })

  it('keeps the store and the magic it has by these names, with one warning, and gets the rest', async () => {
    const page = await open({
      context,
      script: withAlpine(`
        Alpine.store('cartEcho', { mine: 'my store' })
        Alpine.magic('cartEcho', () => 'my magic')
        Alpine.plugin(cartEcho(cart))
        Alpine.start()`),
      body: `<p x-data="{ heard: 0 }" x-cart-echo:changed="heard = heard + 1" x-text="$store.cartEcho.mine + $cartEcho + heard"></p>`,
    })
    await isLive(page)
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => textOf(page, 'p')).toBe('my storemy magic1')
    expect((await told(page)).warnings).toEqual([
      '[cart-echo] $cartEcho and $store.cartEcho were taken, and stay as they are.',
    ])
    expect(complaints()).toEqual([])
  })

  it('may check and refresh from an attribute where that fails, without a rejection nobody handles', async () => {
    held.server.faults.start({ kind: 'answer', on: 'check', status: 500 })
    const page = await open({
      context,
      script: withAlpine(`
        Alpine.plugin(cartEcho(cart))
        cart.onRefresh(() => Promise.reject(new Error('no cart today')))
        console.error = () => undefined
        Alpine.start()`),
      body: `<main x-data><button x-on:click="$cartEcho.check()">Check</button><button x-on:click="$cartEcho.refresh()">Read</button>
        <p x-text="$cartEcho.failure ? $cartEcho.failure.code : 'well'"></p></main>`,
    })
    await isLive(page)
    expect(await textOf(page, 'p')).toBe('well')
    await page.getByRole('button', { name: 'Check' }).click()
    await expect.poll(() => textOf(page, 'p'), { timeout: 10_000 }).toBe('check-failed')
    await page.getByRole('button', { name: 'Read' }).click()
    await expect.poll(() => textOf(page, 'p')).toBe('refresh-failed')
    expect(complaints()).toEqual([])
  })

  it('may be of a version that lacks what came to Alpine later', async () => {
    const page = await open({
      context,
      script: withAlpine(`
        Alpine.data('page', () => ({
          read: 'nothing',
          async load(cursor) {
            await null
            this.read = cursor === null ? 'all' : 'since ' + cursor
          },
        }))
        Alpine.plugin((Alpine) => cartEcho(cart)({
          reactive: Alpine.reactive, store: Alpine.store, magic: Alpine.magic, directive: Alpine.directive,
        }))
        Alpine.start()
        await cart.refresh()
        document.title = 'refreshed'`),
      body: '<p x-data="page" x-cart-echo:refresh="load($cursor)" x-text="read + $cartEcho.unread"></p>',
    })
    await expect.poll(() => page.title()).toBe('refreshed')
    await expect.poll(() => textOf(page, 'p')).toMatch(/^since .+0$/)
    expect(complaints()).toEqual([])
  })

  it('is no heavier when elements came and went a thousand times', async () => {
    const page = await open({
      context,
      script: withAlpine(`
        Alpine.plugin(cartEcho(cart))
        Alpine.start()
        window.heard = []
        Alpine.data('page', () => ({ note: (words) => void window.heard.push(words) }))
        window.comeAndGo = async (times) => {
          for (let round = 0; round < times; round += 1) {
            const element = document.createElement('div')
            element.setAttribute('x-data', 'page')
            element.setAttribute('x-text', '$cartEcho.message')
            element.setAttribute('x-cart-echo:changed.debounce', "note('changed')")
            element.setAttribute('x-cart-echo:status.once', "note('status')")
            element.setAttribute('x-cart-echo:refresh', "note('refresh')")
            document.body.append(element)
            await null
            element.remove()
            if (round % 50 === 0) await new Promise((resolve) => setTimeout(resolve))
          }
        }`),
    })
    await isLive(page)
    const devtools = await page.context().newCDPSession(page)
    const comeAndGo = (times: number) =>
      page.evaluate((times) => (window as never as { comeAndGo(times: number): Promise<void> }).comeAndGo(times), times)
    const heapUsed = async (): Promise<number> => {
      await devtools.send('HeapProfiler.collectGarbage')
      const { usedSize } = await devtools.send('Runtime.getHeapUsage')
      return usedSize
    }
    await comeAndGo(200)
    const before = await heapUsed()
    await comeAndGo(1_000)
    const grown = (await heapUsed()) - before
    expect(grown).toBeLessThan(1_000 * 500)
    held.server.shop.removeFromAll('raya-sale')
    await expect
      .poll(() =>
        page.evaluate(
          () => (window as never as { cart: { news: { get(): { unread: unknown[] } } } }).cart.news.get().unread.length,
        ),
      )
      .toBe(1)
    expect((await told(page)).heard).toEqual([])
    expect(held.server.sockets()).toBe(1)
  })
})

describe('cartEcho', () => {
  it('says how to write it when the cart was forgotten', () => {
    expect(() => cartEcho(undefined as never)).toThrow('Alpine.plugin(cartEcho(cart))')
    expect(() => cartEcho({ version: '3.17.5' } as never)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })
})
