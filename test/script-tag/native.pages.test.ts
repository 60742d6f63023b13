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

describe('Alpine', () => {
  const { held, open } = holdScriptTagPages()
  const files = { 'heard.js': HEARD, 'alpine.js': dist('@alpinejs/csp/dist/cdn.min.js') }
  const alpine = script('heard.js', '') + script('alpine.js')

  it.each([
    ['before the tag', alpine + TAG],
    ['after the tag', TAG + alpine],
    ['before the tag, which is async', alpine + script('cart-echo.global.js', 'async')],
    ['before the tag, which blocks', alpine + script('cart-echo.global.js', '')],
  ])('%s: elements show and hear the cart, under the strict policy', async (_, head) => {
    const page = await open({ head, body: ALPINE, files })
    await untilLive(page)
    await hearsOnce(held.server, page)
    await alpineHears(page)
    expect((await diaryOf(page)).violations).toEqual([])
    // Where Alpine came first, it has said that it knows no $cartEcho.
    expect(held.chromium.complaints.filter((words) => !words.includes('cartEcho'))).toEqual([])
  })
})

describe('Alpine before the code', () => {
  const { held, open } = holdScriptTagPages()

  it('shows how the cart is, and calls no element that has gone meanwhile', async () => {
    const files = { 'heard.js': HEARD, 'alpine.js': dist('@alpinejs/csp/dist/cdn.min.js') }
    const gone = '<p x-data="heard" id="gone" x-cart-echo:changed="add"></p>'
    const shown =
      '<p x-data id="reason" x-text="$cartEcho.connection.reason"></p><p x-data id="unread" x-text="$cartEcho.unread"></p>'
    let letGo = (): void => undefined
    const isLetGo = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const page = await open(
      { head: script('heard.js', '') + TAG + script('alpine.js'), body: ALPINE + gone + shown, files },
      (page) =>
        page.route('**/cdn/engine.js', async (route) => {
          await isLetGo
          await route.continue()
        }),
    )
    await expect.poll(() => page.locator('#reason').textContent()).toBe('loading')
    expect(await page.locator('#unread').textContent()).toBe('0')
    await page.evaluate(`window.gone = document.querySelector('#gone'); gone.remove()`)
    letGo()
    await untilLive(page)
    await hearsOnce(held.server, page)
    await alpineHears(page)
    expect(await page.locator('#reason').textContent()).toBe('subscribed')
    expect(await page.evaluate('Alpine.$data(gone).count ?? 0')).toBe(0)
    expect(held.chromium.complaints).toEqual([])
  })

  it('shows on a page without anybody that there is nothing, without the code', async () => {
    const files = { 'alpine.js': dist('@alpinejs/csp/dist/cdn.min.js') }
    const body =
      '<p x-data id="reason" x-text="$cartEcho.connection.reason"></p><p x-data id="news" x-show="$cartEcho.unread">!</p>'
    for (const head of [TAG + script('alpine.js'), script('alpine.js') + TAG]) {
      const page = await open({ head, body, files, block: false })
      await expect.poll(() => page.locator('#reason').textContent()).toBe('no-user')
      expect(await page.locator('#news').isVisible()).toBe(false)
    }
  })
})

describe('Alpine with eval', () => {
  const { held, open } = holdScriptTagPages(LOOSE)
  const files = { 'heard.js': HEARD, 'alpine.js': dist('alpinejs/dist/cdn.min.js') }

  const alpine = script('heard.js', '') + script('alpine.js')

  it.each([
    ['before the tag', alpine + TAG],
    ['after the tag', TAG + alpine],
  ])('%s: elements show and hear the cart', async (_, head) => {
    const page = await open({ head, body: ALPINE, files })
    await untilLive(page)
    await hearsOnce(held.server, page)
    await alpineHears(page)
    expect(held.chromium.complaints.filter((words) => !words.includes('cartEcho'))).toEqual([])
  })
})

describe('Livewire', () => {
  const { held, open } = holdScriptTagPages()
  const commits = (page: Page): Promise<string[]> => page.evaluate('window.commits')

  const hearsAndRefreshesOnce = async (page: Page): Promise<void> => {
    await hearsOnce(held.server, page)
    await expect.poll(() => commits(page)).toContain('cart-updated')
    const all = (await commits(page)).flatMap((names) => names.split(','))
    expect(all.filter((name) => name === 'cart-conditions-changed')).toHaveLength(2)
    expect((await diaryOf(page)).violations).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  }

  it.each([
    ['before the tag', script('livewire.js', '') + TAG],
    ['before the tag, which is async', script('livewire.js', '') + script('cart-echo.global.js', 'async')],
    ['before the tag, which blocks', script('livewire.js', '') + script('cart-echo.global.js', '')],
    ['after the tag', TAG + script('livewire.js')],
    ['after the tag, blocking', TAG + script('livewire.js', '')],
  ])('%s: components hear each change once, and refresh once', async (_, head) => {
    const page = await open({ head, body: COMPONENT, files: { 'livewire.js': await livewireScript() } })
    await untilLive(page)
    await hearsAndRefreshesOnce(page)
  })

  it('that comes when the page is live already: components hear each change once, and refresh once', async () => {
    const load = `window.loadLivewire = () => {
      const policy = trustedTypes.createPolicy('late', { createScriptURL: (url) => url })
      document.head.append(Object.assign(document.createElement('script'), { src: policy.createScriptURL('/livewire.js') }))
    }`
    const files = { 'load.js': load, 'livewire.js': await livewireScript() }
    const page = await open({ head: TAG + script('load.js'), body: COMPONENT, files })
    await untilLive(page)
    await page.evaluate('loadLivewire()')
    await expect.poll(() => page.evaluate("'Livewire' in window")).toBe(true)
    await hearsAndRefreshesOnce(page)
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
    await expect.poll(() => commits(page)).toEqual(['cart-stock-changed'])
  })
})
