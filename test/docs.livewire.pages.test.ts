import { readdirSync, readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundleApp } from './support/app-page'
import { openBrowser, type TestBrowser } from './support/browser'
import { blocksOf } from './support/documents'
import { OWN_ECHO } from './support/guide-snippets'
import { renderBlade } from './support/livewire-server/blade'
import type { ServerComponents } from './support/livewire-server/component'
import { type LivewireServer, startLivewireServer } from './support/livewire-server/livewire-server'
import { isShippedLivewire, realLivewire } from './support/livewire-server/real-livewire'
import { holdTime, onItsOwnClock, passTime } from './support/page-time'
import { DIST } from './support/script-tag-page'

// What docs/livewire.md teaches, snippet by snippet, on pages with Livewire's own script, in Chromium. PHP alone is played.

const blocks = blocksOf('docs/livewire.md')
const snippet = (name: string): string => blocks.find(({ mark }) => mark === `snippet: ${name}`)?.code ?? ''

const APP = snippet('livewire-page')
const CLASS = snippet('livewire-class')
const VIEW = snippet('livewire-view')
const LAYOUT = snippet('livewire-layout')
const [, EVENT = ''] = /#\[On\('([\w-]+)'\)\]\n {4}public function refreshCart\(\): void/.exec(CLASS) ?? []

const NEWS = 'Your cart was updated due to a promotion change'

const COMPONENTS: ServerComponents = {
  cart: {
    mount: async ({ cart }) => ({ ...(await cart()), voucher: '' }),
    on: { [EVENT]: async ({ data, shop }) => void Object.assign(data, await shop.cart()) },
    view: (data) => renderBlade(VIEW, data),
  },
  // Hears each change by itself: named arguments.
  counter: {
    mount: () => ({ heard: [] }),
    on: {
      'cart-conditions-changed': ({ data }, words) => {
        const { message, changes } = words as { message: string; changes: object }
        Object.assign(data, { heard: [...(data.heard as string[]), `${message}: ${Object.keys(changes)[0]}`] })
      },
    },
    view: ({ heard }) => `<p id="counter">${(heard as string[]).join()}</p>`,
  },
  lazy: {
    mount: async ({ cart }) => ({ total: (await cart()).total }),
    on: { [EVENT]: () => undefined },
    view: ({ total }) => `<div id="lazy">${total}</div>`,
  },
  // Livewire's own way to hear a channel, by the page's Echo.
  native: {
    mount: () => ({ heard: 0 }),
    on: {
      'echo-private:App.Models.User.1,.cart.conditions.changed': ({ data }, change) =>
        void Object.assign(data, { heard: (change as { message: string }).message }),
    },
    view: ({ heard }) => `<p id="native">${heard}</p>`,
  },
}

/** Livewire puts its script there by itself (SupportAutoInjectedAssets). */
const LIVEWIRE =
  '<script src="/livewire.js" data-csrf="%CSRF%" data-update-uri="/livewire/update" data-navigate-once="true"></script>'

/** A page under the layout of the guide. */
const pageOf = (slot: string, layout = LAYOUT): string =>
  renderBlade(layout, {}, { 'app()->getLocale()': 'en', 'csrf_token()': '%CSRF%', $slot: slot })
    .replace('<head>', '<head><meta charset="utf-8"><title>t</title><script src="/diary.js"></script>')
    .replace('</body>', `${LIVEWIRE}</body>`)

// Scripts in the head run once.
const DIARY = `
window.heard = { document: 0, window: 0, on: 0, wire: 0 }
document.addEventListener('cart-conditions-changed', () => { heard.document += 1 })
addEventListener('cart-conditions-changed', () => { heard.window += 1 })
document.addEventListener('livewire:init', () => Livewire.on('cart-conditions-changed', ({ message }) => { heard.on += message ? 1 : 100 }))
document.addEventListener('livewire:initialized', () => Livewire.getByName('cart')[0].$on('cart-conditions-changed', () => { heard.wire += 1 }))
document.addEventListener('cart-echo-status', ({ detail }) => { window.state = detail.name })
`

const held: { chromium?: TestBrowser; server?: LivewireServer; page?: Page } = {}
const server = (): LivewireServer => held.server as LivewireServer
const page = (): Page => held.page as Page

beforeAll(async () => {
  const [chromium, shop, app] = await Promise.all([openBrowser(), startLivewireServer(COMPONENTS), bundleApp(APP)])
  Object.assign(held, { chromium, server: shop })
  shop.put({
    'livewire.js': realLivewire(),
    'app.js': app,
    'diary.js': DIARY,
    'favicon.ico': '',
    'index.html': pageOf('<livewire:cart /><a href="/next" wire:navigate>next</a>'),
    'next.html': pageOf('<livewire:cart /><livewire:counter /><h1>Next</h1><a href="/" wire:navigate>back</a>'),
    'lazy.html': pageOf('<livewire:cart /><div style="margin-top: 9000px"></div><livewire:lazy lazy />'),
  })
  held.page = await chromium.open('about:blank', {}, onItsOwnClock)
})

afterAll(async () => {
  await held.chromium?.close()
  await held.server?.close()
})

const open = async (path = '/'): Promise<void> => {
  await page().goto('about:blank')
  if (held.chromium) held.chromium.complaints.length = 0
  await page().goto(server().url + path)
  await expect.poll(() => page().evaluate('window.state')).toBe('live')
  server().asked.length = 0
}

const total = (sum: string): Promise<void> => page().getByText(`Total: ${sum}`, { exact: true }).waitFor()
const news = (): Promise<string> => page().getByRole('status').innerText()
const hears = (count: number) => expect.poll(() => page().evaluate('heard.document')).toBe(count)
/** Longer than a refresh is settled and spread. */
const refreshed = (): Promise<void> => passTime(page(), 2_500)
const asked = (): string[] => server().asked.map(({ components }) => components.join(' | '))

beforeEach(async () => {
  server().shop.applyToAll('raya-sale')
  await open()
  await total('RM108.00')
})

describe("a page as docs/livewire.md has it, with Livewire's own script", () => {
  it('shows the news at once, and reads the cart once for a burst', async () => {
    server().shop.burst('raya-sale', 21)
    await page().getByRole('status').getByText(NEWS).waitFor()
    await hears(21)
    await refreshed()
    await total('RM120.00')
    await refreshed()
    expect(asked()).toEqual([`cart: on ${EVENT}`])
    expect(held.chromium?.complaints).toEqual([])
  })

  it('tells each of those who hear a change, once, and `$wire.$on` not at all', async () => {
    await page().evaluate("Livewire.navigate('/next')")
    await page().getByRole('heading', { name: 'Next' }).waitFor()
    await expect.poll(() => page().evaluate('Livewire.all().length')).toBe(2)
    server().shop.removeFromAll('raya-sale')
    await hears(1)
    await page()
      .locator('#counter', { hasText: `${NEWS}: condition_removed` })
      .waitFor()
    await refreshed()
    await total('RM120.00')
    expect(await page().evaluate('heard')).toEqual({ document: 1, window: 1, on: 1, wire: 0 })
    expect(asked()).toEqual(['counter: on cart-conditions-changed', `cart: on ${EVENT}`])
    expect(await page().locator('#counter').innerText()).toBe(`${NEWS}: condition_removed`)
  })

  it('leaves a half-typed voucher alone, offers the news after a while, and reads the cart when that is taken', async () => {
    const voucher = page().getByLabel('Voucher')
    // Who types does not pause for as long as a busy machine may.
    const letTimeGo = await holdTime(page())
    await voucher.pressSequentially('RAY')
    server().shop.removeFromAll('raya-sale')
    await page().getByRole('status').getByText(NEWS).waitFor()
    const offer = page().getByRole('button', { name: 'Show it' })
    let typed = 'RAY'
    // From when the refresh is due, which is after an answer over the network.
    for (let second = 0; second < 120 && !(await offer.isVisible()); second += 4) {
      await voucher.press('A')
      typed += 'A'
      await passTime(page(), 4_000)
    }
    expect(asked()).toEqual([])
    await offer.click()
    await letTimeGo()
    await total('RM120.00')
    expect(await voucher.inputValue()).toBe(typed)
    expect(server().asked.map(({ updates }) => updates)).toEqual([[{ voucher: typed }]])
    await expect.poll(() => page().getByRole('button', { name: 'Show it' }).isVisible()).toBe(false)
  })

  it('goes on after wire:navigate, there and Back: one socket, the notice kept, each change heard and read once', async () => {
    server().shop.removeFromAll('raya-sale')
    await page().getByRole('status').getByText(NEWS).waitFor()
    await refreshed()
    await total('RM120.00')
    await page().getByRole('link', { name: 'next' }).click()
    await page().getByRole('heading', { name: 'Next' }).waitFor()
    expect(await news()).toBe(NEWS)
    await refreshed()
    server().asked.length = 0
    server().shop.applyToAll('raya-sale')
    await hears(2)
    await refreshed()
    await total('RM108.00')
    expect(asked().filter((words) => words.includes(EVENT))).toEqual([`cart: on ${EVENT}`])

    server().asked.length = 0
    await page().goBack()
    await page().getByRole('link', { name: 'next' }).waitFor()
    // As it was left, the cart of then: the guide's block says how old it is.
    await refreshed()
    await total('RM108.00')
    const reads = asked()
    // 3.3 makes its components after it has said that the page is there: they count as come late, and are asked again.
    expect(reads.slice(0, isShippedLivewire ? 1 : undefined)).toEqual([`cart: on ${EVENT}`])
    server().asked.length = 0
    server().shop.removeFromAll('raya-sale')
    await hears(3)
    await refreshed()
    await total('RM120.00')
    expect(asked()).toEqual([`cart: on ${EVENT}`])
    expect(await news()).toBe(NEWS)
    expect(server().sockets()).toBe(1)
    expect(held.chromium?.complaints).toEqual([])
  })

  it('reads the cart of a page that was fetched before a change and shown after it', async () => {
    const link = page().getByRole('link', { name: 'next' })
    await link.hover()
    await page().mouse.down()
    await expect.poll(() => server().visited.at(-1)).toBe('/next')
    server().shop.removeFromAll('raya-sale')
    await hears(1)
    await refreshed()
    server().asked.length = 0
    await page().mouse.up()
    await page().getByRole('heading', { name: 'Next' }).waitFor()
    await refreshed()
    await total('RM120.00')
    expect(asked()).toEqual([`cart: on ${EVENT}`])
  })

  it('shows no dialog for a refresh that fails, and tries again', async () => {
    server().fail(500, 2)
    server().shop.removeFromAll('raya-sale')
    await hears(1)
    for (let second = 0; second < 30 && asked().length < 3; second += 1) await passTime(page(), 1_000)
    await total('RM120.00')
    expect(await page().locator('#livewire-error').count()).toBe(0)
  })

  it('goes on with the cookie when the session was replaced, and Livewire asks nothing', async () => {
    let questions = 0
    page().on('dialog', (dialog) => {
      questions += 1
      void dialog.dismiss()
    })
    await page().evaluate(LOG_IN_AGAIN)
    server().shop.removeFromAll('raya-sale')
    await hears(1)
    await refreshed()
    await total('RM120.00')
    expect(asked()).toEqual([`cart: on ${EVENT}`, `cart: on ${EVENT}`])
    // The shopper's own goes on, too.
    await page().evaluate("Livewire.getByName('cart')[0].$refresh()")
    await expect.poll(() => server().asked.length).toBe(3)
    expect([questions, await page().locator('#livewire-error').count()]).toEqual([0, 0])
  })

  it('leaves a lazy component alone that nobody has seen, which is new when it is', async () => {
    await open('/lazy')
    server().shop.removeFromAll('raya-sale')
    await hears(1)
    await refreshed()
    await total('RM120.00')
    expect(asked()).toEqual([`cart: on ${EVENT}`])
    await page().evaluate('scrollTo(0, document.body.scrollHeight)')
    await page().locator('#lazy', { hasText: 'RM120.00' }).waitFor()
    expect(asked()).toEqual([`cart: on ${EVENT}`, 'lazy: __lazyLoad'])
  })
})

const withTag = (tag: string, place: '</head>' | '</body>', slot: string): string =>
  pageOf(slot, LAYOUT.replace(/ *@vite.*\n/, '')).replace(place, `${tag}${place}`)

describe("the script tag, on a page with Livewire's own script", () => {
  it.each([
    ['in <head>', '<script src="/cart-echo.global.js" defer></script>', '</head>'],
    [
      'in <body>, with data-navigate-once',
      '<script src="/cart-echo.global.js" data-navigate-once></script>',
      '</body>',
    ],
  ] as const)('%s: joins it by itself, and is one cart after wire:navigate', async (_, tag, place) => {
    const parts = readdirSync(`${DIST}cdn`).map((name) => `cdn/${name}`)
    const files = ['cart-echo.global.js', ...parts].map((name) => [name, readFileSync(DIST + name, 'utf8')])
    server().put({
      ...Object.fromEntries(files),
      'tag.html': withTag(tag, place, '<livewire:cart /><a href="/tag-next" wire:navigate>next</a>'),
      'tag-next.html': withTag(tag, place, '<livewire:cart /><h1>Next</h1>'),
    })
    await open('/tag')
    server().shop.removeFromAll('raya-sale')
    await hears(1)
    await refreshed()
    await total('RM120.00')
    expect(asked()).toEqual([`cart: on ${EVENT}`])
    await page().getByRole('link', { name: 'next' }).click()
    await page().getByRole('heading', { name: 'Next' }).waitFor()
    await refreshed()
    server().asked.length = 0
    server().shop.applyToAll('raya-sale')
    await hears(2)
    await refreshed()
    await total('RM108.00')
    expect(asked()).toEqual([`cart: on ${EVENT}`])
    expect(await page().locator('cart-echo-notice').count()).toBe(1)
    expect(server().sockets()).toBe(1)
    expect(held.chromium?.complaints).toEqual([])
  })
})

describe("what else the guide says, with Livewire's own script", () => {
  const openWith = async (app: string, slot: string): Promise<void> => {
    server().put({ 'other.js': await bundleApp(app), 'other.html': pageOf(slot, LAYOUT.replace('app.js', 'other.js')) })
    await open('/other')
  }

  it('refreshes components by their names, and says what they answer, by one request', async () => {
    const app = APP.replace('{ page: readPage }', "{ page: readPage, refresh: { components: ['cart', 'counter'] } }")
    await openWith(app, '<livewire:cart /><livewire:counter /><livewire:lazy />')
    server().shop.publish(1, 'cart.conditions.changed', { message: null, changes: {}, timestamp: '' })
    await hears(1)
    await refreshed()
    // 4 names the call.
    expect(asked().map((words) => words.replaceAll(' $refresh', ''))).toEqual([
      'counter: on cart-conditions-changed',
      'cart: | counter:',
    ])
  })

  it("stands beside Livewire's own #[On('echo-private:…')] on the page's Echo, and takes an id that is none off its requests", async () => {
    const app =
      OWN_ECHO +
      APP.replace("import { reverb } from 'cart-echo/reverb'", "import { echo } from 'cart-echo/echo'").replace(
        'reverb(page.reverb)',
        'echo(() => window.Echo)',
      )
    await openWith(app, '<livewire:cart /><livewire:native />')
    server().shop.removeFromAll('raya-sale')
    await hears(1)
    await page().locator('#native', { hasText: NEWS }).waitFor()
    await refreshed()
    await total('RM120.00')
    expect(asked().filter((words) => words.startsWith('cart'))).toEqual([`cart: on ${EVENT}`])
    // It hears of both of the customer's carts.
    const native = 'on echo-private:App.Models.User.1,.cart.conditions.changed'
    expect(asked().join().split(native)).toHaveLength(3)
    for (const { headers } of server().asked) expect(headers['x-socket-id']).toMatch(/^\d+\.\d+$/)
    server().asked.length = 0
    // As before the socket is open.
    await page().evaluate(
      "Echo.connector.pusher.connection.socket_id = undefined, Livewire.getByName('cart')[0].$refresh()",
    )
    expect(server().asked.map(({ headers }) => headers['x-socket-id'])).toEqual([undefined])
  })
})

// As another tab would: the session of this page is void then, and its cookies are another's.
const LOG_IN_AGAIN = `(async () => {
  const post = async (path, token, body) => {
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-TOKEN': token }
    return (await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
  }
  const { csrf_token } = await post('/logout', document.querySelector('meta[name="csrf-token"]').content, {})
  await post('/login', csrf_token, { customer: 1 })
})()`
