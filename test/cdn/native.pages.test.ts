import { readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { livewireScript } from '../support/livewire-script'
import { diaryOf, hearsOnce, holdScriptTagPages, LOOSE, script, TAG, untilLive } from '../support/script-tag-page'

// The tag and what a page is made with, in every order of loading.

const ROOT = new URL('../../', import.meta.url)
const dist = (path: string): string => readFileSync(new URL(`node_modules/${path}`, ROOT), 'utf8')

const SNAPSHOT = JSON.stringify({ data: {}, memo: { id: 'a', name: 'cart' } }).replaceAll('"', '&quot;')
const EFFECTS = JSON.stringify({ listeners: ['cart-conditions-changed', 'cart-updated'] }).replaceAll('"', '&quot;')
const COMPONENT = `<div wire:id="a" wire:snapshot="${SNAPSHOT}" wire:effects="${EFFECTS}"></div>`

const ALPINE = `<p x-data id="alpine" x-text="$cartEcho.message"></p>
<p x-data="heard" id="heard" x-text="count" x-cart-echo:changed="add"></p>`
const HEARD = `document.addEventListener('alpine:init', () => {
  Alpine.data('heard', () => ({ count: 0, add() { this.count += 1 } }))
})`

const NEWS = 'Your cart was updated due to a promotion change'

const alpineHears = async (page: Page): Promise<void> => {
  await expect.poll(() => page.locator('#alpine').textContent()).toBe(NEWS)
  expect(await page.locator('#heard').textContent()).toBe('2')
}

const orders = (framework: string): [string, string][] => [
  ['before the tag', framework + TAG],
  ['after the tag', TAG + framework],
  ['before the tag, which is async', framework + script('cart-echo.global.js', 'async')],
  ['before the tag, which blocks', framework + script('cart-echo.global.js', '')],
]

describe('Alpine', () => {
  const { held, open } = holdScriptTagPages()
  const files = { 'heard.js': HEARD, 'alpine.js': dist('@alpinejs/csp/dist/cdn.min.js') }

  it.each(orders(script('heard.js', '') + script('alpine.js')))(
    '%s: elements show and hear the cart, under the strict policy',
    async (_, head) => {
      const page = await open({ head, body: ALPINE, files })
      await untilLive(page)
      await hearsOnce(held.server, page)
      await alpineHears(page)
      expect((await diaryOf(page)).violations).toEqual([])
      // Where Alpine came first, it has said that it knows no $cartEcho.
      expect(held.chromium.complaints.filter((words) => !words.includes('cartEcho'))).toEqual([])
    },
  )
})

describe('Alpine with eval', () => {
  const { held, open } = holdScriptTagPages(LOOSE)
  const files = { 'heard.js': HEARD, 'alpine.js': dist('alpinejs/dist/cdn.min.js') }

  it.each(orders(script('heard.js', '') + script('alpine.js')).slice(0, 2))(
    '%s: elements show and hear the cart',
    async (_, head) => {
      const page = await open({ head, body: ALPINE, files })
      await untilLive(page)
      await hearsOnce(held.server, page)
      await alpineHears(page)
      expect(held.chromium.complaints.filter((words) => !words.includes('cartEcho'))).toEqual([])
    },
  )
})

describe('Livewire', () => {
  const { held, open } = holdScriptTagPages()

  it.each([
    ...orders(script('livewire.js', '')),
    ['with defer, after the tag', TAG + script('livewire.js')] as [string, string],
    ['late, after the page', TAG + script('livewire.js', 'async')] as [string, string],
  ])('%s: components hear each change once, and refresh once', async (_, head) => {
    const page = await open({ head, body: COMPONENT, files: { 'livewire.js': await livewireScript() } })
    await untilLive(page)
    await hearsOnce(held.server, page)
    const commits = (): Promise<string[]> => page.evaluate('window.commits')
    await expect.poll(commits, { timeout: 10_000 }).toContain('cart-updated')
    const all = (await commits()).flatMap((names) => names.split(','))
    expect(all.filter((name) => name === 'cart-conditions-changed')).toHaveLength(2)
    expect((await diaryOf(page)).violations).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })

  it('before the tag, events that come with options: components hear them once, too', async () => {
    const mine = "CartEcho.start({ events: ['cart.stock.changed'] })"
    const effects = EFFECTS.replace('cart-updated', 'cart-stock-changed')
    const page = await open({
      head: script('livewire.js', '') + TAG + script('own.js'),
      body: COMPONENT.replace(EFFECTS, effects),
      files: { 'livewire.js': await livewireScript(), 'own.js': mine },
    })
    await untilLive(page)
    held.server.shop.publish(1, 'cart.stock.changed', { sku: 'mug', left: 2 })
    const commits = (): Promise<string[]> => page.evaluate('window.commits')
    await expect.poll(commits, { timeout: 10_000 }).toEqual(['cart-stock-changed'])
  })
})

describe('wire:navigate', () => {
  const { held, open } = holdScriptTagPages(LOOSE)

  it('that runs a tag in <body> again and again changes nothing, and is said once', async () => {
    const warnings: string[] = []
    const files = { 'livewire.js': await livewireScript() }
    const page = await open({ head: script('livewire.js', ''), body: COMPONENT + TAG, files }, (page) =>
      page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text())),
    )
    await untilLive(page)
    for (let visits = 0; visits < 3; visits += 1) {
      await page.evaluate("Livewire.navigate('/')")
      await page.waitForTimeout(300)
    }
    await hearsOnce(held.server, page)
    expect(held.server.sockets()).toBe(1)
    expect(warnings).toEqual([expect.stringContaining('already')])
    expect(held.chromium.complaints).toEqual([])
  })
})

describe('Turbo', () => {
  const { held, open } = holdScriptTagPages(LOOSE)
  const files = { 'turbo.js': dist('@hotwired/turbo/dist/turbo.es2017-umd.js') }
  const head = script('turbo.js') + TAG

  it('that brings a page with somebody, after one without anybody, has it listen', async () => {
    const page = await open({ head, files, block: false })
    await expect
      .poll(() => page.evaluate('CartEcho.cart.connection.get().because'), { timeout: 10_000 })
      .toBe('no-user')
    held.server.put({ head, files }, 'two')
    await page.evaluate("Turbo.visit('/two')")
    await untilLive(page)
    await hearsOnce(held.server, page)
    await page.evaluate("Turbo.visit('/')")
    await expect.poll(async () => (await diaryOf(page)).states.at(-1)).toBe('idle: no-user')
    await expect.poll(() => held.server.sockets()).toBe(0)
  })
})
