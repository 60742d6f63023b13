import type { BuildOptions } from 'esbuild'
import type { Page } from 'playwright'
import vue from 'unplugin-vue/esbuild'
import { describe, expect, it } from 'vitest'
import { holdAppPages } from '../support/app-page'

// Apps in real Chromium, on real sockets, under a policy that allows no eval.

const { held, open } = holdAppPages()

const APP = `
import { createCartEcho, readPage } from 'cart-echo'
import { reverb } from 'cart-echo/reverb'
import { cartEcho, onCartChange, onCartRefresh, useCartConnection, useCartEcho, useCartNews } from 'cart-echo/vue'
import { createApp, defineComponent, h, nextTick, ref, shallowRef } from 'vue'

const settings = readPage()
const client = createCartEcho({ ...settings, echo: reverb(settings.reverb) })
const page = shallowRef(settings)
const count = ref(3)
const heard = []
let reads = 0

const Cart = defineComponent({ props: ['n'], setup: ({ n }) => {
  const [connection, news] = [useCartConnection(), useCartNews()]
  const message = useCartNews(({ unread }) => unread.at(-1)?.change.message ?? '')
  const cart = useCartEcho()
  onCartChange((change, { key }) => heard.push(n + ' ' + key))
  onCartRefresh(() => { reads += 1 }, { settleMs: 10, spreadMs: 0 })
  return () => h('p', { class: 'cart', 'data-name': connection.value.name, onClick: cart.dismiss }, '“' + message.value + '” ' + news.value.stale)
} })

const Carts = defineComponent(() => () => Array.from({ length: count.value }, (_, n) => h(Cart, { key: n, n })))
const mount = () => {
  const app = createApp(Carts).use(cartEcho(client, { page }))
  app.mount('#app')
  return app
}
Object.assign(window, { app: mount(), mount, client, page, count, heard, nextTick, reads: () => reads })
`

/** What the script above puts on `window`. */
interface AppWindow {
  app: { unmount: () => void }
  readonly mount: () => { unmount: () => void }
  readonly client: { connection: { get: () => { because: string } } }
  readonly page: { value: unknown }
  readonly count: { value: number }
  readonly heard: readonly string[]
  readonly nextTick: () => Promise<void>
  readonly reads: () => number
}

// In development Vue keeps everything for its developer tools for a while.
const IN_PRODUCTION = {
  'process.env.NODE_ENV': '"production"',
  __VUE_OPTIONS_API__: 'true',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
}

const openApp = async (bundling: BuildOptions = {}): Promise<Page> => {
  const page = await open({ script: APP, body: '<div id="app"></div>', bundling })
  await isLive(page)
  return page
}

// There is no icon.
const complaints = () => held.chromium.complaints.filter((words) => !words.includes('404'))
const isLive = (page: Page) => page.locator('.cart[data-name="live"]').first().waitFor({ timeout: 15_000 })
const heardBy = (page: Page) => page.evaluate(() => (window as unknown as AppWindow).heard)

/** Logs customer 2 in behind the page's back, and gives what the server says about the page then. */
const logInAsTwo = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content') ?? ''
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-TOKEN': token }
    const answer = await fetch('/login', { method: 'POST', headers, body: JSON.stringify({ customer: 2 }) })
    return (await answer.json()).page
  })

describe('an app in a browser', () => {
  it('has one socket and one authorisation for all its components, each of which hears a change once', async () => {
    const page = await openApp()
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => heardBy(page)).toHaveLength(3)
    expect(new Set(await heardBy(page)).size).toBe(3)
    const shown = page.locator('.cart').first()
    await expect.poll(() => shown.textContent()).toContain('Your cart was updated')
    await expect.poll(() => page.evaluate(() => (window as unknown as AppWindow).reads())).toBe(3)
    await shown.click()
    await expect.poll(() => shown.textContent()).toBe('“” false')
    expect(held.server.sockets()).toBe(1)
    expect(held.server.seen()).toMatchObject({ upgrades: 1, subscriptions: 1, auth: { 200: 1 } })
    expect(complaints()).toEqual([])
  })

  it('is authorised once more when somebody else is logged in, on the same socket, and loses no change of theirs', async () => {
    const page = await openApp()
    const word = await logInAsTwo(page)
    // On the channel there still is, the first customer's; the second's is to be found.
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => heardBy(page)).toHaveLength(3)
    await page.evaluate((said) => {
      const app = window as unknown as AppWindow
      app.page.value = said
    }, word)
    await expect.poll(() => heardBy(page), { timeout: 10_000 }).toHaveLength(6)
    await isLive(page)
    held.server.shop.applyToAll('raya-sale')
    await expect.poll(() => heardBy(page), { timeout: 10_000 }).toHaveLength(9)
    const keys = await heardBy(page)
    expect(new Set(keys).size).toBe(9)
    const epochs = keys.map((key) => key.slice(2).split(':')[0])
    expect(epochs.map((epoch) => epochs.indexOf(epoch))).toEqual([0, 0, 0, 3, 3, 3, 3, 3, 3])
    expect(held.server.sockets()).toBe(1)
    expect(held.server.seen().auth).toEqual({ 200: 2 })
  })

  it('keeps its subscription when the server has only rendered it anew', async () => {
    const page = await openApp()
    const seen = held.server.seen()
    await page.evaluate(async () => {
      const app = window as unknown as AppWindow
      for (let round = 0; round < 5; round += 1) {
        app.page.value = { ...(app.page.value as object) }
        await app.nextTick()
      }
    })
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => heardBy(page)).toHaveLength(3)
    expect(held.server.seen()).toMatchObject({ auth: seen.auth, subscriptions: seen.subscriptions })
  })

  it('closes its socket when it is unmounted, and opens one again when it is mounted anew', async () => {
    const page = await openApp()
    await page.evaluate(() => (window as unknown as AppWindow).app.unmount())
    await expect.poll(() => held.server.sockets()).toBe(0)
    held.server.shop.removeFromAll('raya-sale')
    await page.evaluate(() => (window as unknown as AppWindow).mount())
    await isLive(page)
    await expect.poll(() => heardBy(page)).toHaveLength(3)
    expect(held.server.sockets()).toBe(1)
    expect(complaints()).toEqual([])
  })

  it('leaves no listener, no socket and no memory when a thousand components came and went', async () => {
    const page = await openApp({ define: IN_PRODUCTION })
    const devTools = await page.context().newCDPSession(page)
    await devTools.send('Performance.enable')
    await devTools.send('HeapProfiler.enable')
    const measure = async (): Promise<Record<string, number>> => {
      await devTools.send('HeapProfiler.collectGarbage')
      const { metrics } = await devTools.send('Performance.getMetrics')
      return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
    }
    const comeAndGo = (rounds: number) =>
      page.evaluate(async (most) => {
        const app = window as unknown as AppWindow
        for (let round = 0; round < most; round += 1) {
          app.count.value = 4
          await app.nextTick()
          app.count.value = 3
          await app.nextTick()
        }
      }, rounds)
    // What the engine learns by it takes some memory too, once.
    await comeAndGo(1_000)
    const before = await measure()
    await comeAndGo(1_000)
    const after = await measure()
    const grown = (name: string) => (after[name] ?? Number.NaN) - (before[name] ?? Number.NaN)
    expect(grown('JSEventListeners')).toBe(0)
    expect(grown('Nodes')).toBeLessThan(20)
    // A listener left behind by each would be some 200 kB, and the component with it some 2 MB.
    expect(grown('JSHeapUsedSize')).toBeLessThan(100_000)
    expect(held.server.sockets()).toBe(1)
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => heardBy(page)).toHaveLength(3)
  })
})

describe('the example', () => {
  it('shows the total, what changed, and how it is fed; a change is heard once, and can be dismissed', async () => {
    const page = await open({
      script: "import './examples/vue/vue.ts'",
      body: '<main id="app"></main>',
      // The package is without side effects, and the example has nothing else.
      bundling: { plugins: [vue({ isProduction: true, sourceMap: false })], ignoreAnnotations: true },
    })
    const textOf = (selector: string) => page.locator(selector).textContent()
    await page.locator('#state[data-name="live"]').waitFor()
    await expect.poll(() => textOf('#total')).toBe('RM108.00')
    expect(await page.getByRole('status').textContent()).toBe('')
    expect(await textOf('#state')).toBe('live: subscribed')
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => textOf('#heard')).toBe('1')
    await expect.poll(() => textOf('#total')).toBe('RM120.00')
    expect(await textOf('#message')).toBe('Your cart was updated due to a promotion change')
    await page.locator('#dismiss').click()
    await expect.poll(() => textOf('#message')).toBe('')
    expect(complaints()).toEqual([])
  })
})
