import { readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { holdAppPages } from '../support/app-page'
import { reactOf, renderOnServer } from './support/react-of'

// On pages, in real Chromium, on real sockets; each in React 18 and in React 19.

const { held, open } = holdAppPages()

/** A page's ear, and what the test asks the page about it. */
const CLIENT = `
import { createCartEcho, readPage } from 'cart-echo'
import { reverb } from 'cart-echo/reverb'
const settings = readPage()
export const client = createCartEcho({ ...settings, echo: reverb(settings.reverb) })
window.client = client
window.heard = []
`

const HOOKS = `
import { CartEchoProvider, useCartChange, useCartConnection, useCartNews, useCartRefresh } from 'cart-echo/react'
import { startTransition, StrictMode, Suspense, useEffect, useLayoutEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, hydrateRoot } from 'react-dom/client'
`

const CART = `
const Cart = () => {
  useCartChange((change, meta) => window.heard.push(meta.key))
  const message = useCartNews(({ unread }) => unread.map(({ change }) => change.message)).at(-1)
  const { name, because } = useCartConnection()
  return <><p id="state">{name}: {because}</p><p id="message" role="status">{message}</p></>
}
`

const ROOT = `
const root = createRoot(document.querySelector('main'))
window.root = root
`

interface Window {
  heard: string[]
  client: { connection: { get: () => { name: string; because: string } }; news: { get: () => { unread: unknown[] } } }
  show: (what?: unknown) => void
  hide: () => void
}

const heard = (page: Page): Promise<string[]> => page.evaluate(() => (window as unknown as Window).heard)
const connection = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { name, because } = (window as unknown as Window).client.connection.get()
    return `${name}: ${because}`
  })
const isLive = (page: Page): Promise<void> => expect.poll(() => connection(page)).toBe('live: subscribed')
const show = (page: Page, what?: unknown): Promise<void> =>
  page.evaluate((what) => (window as unknown as Window).show(what), what)
const hide = (page: Page): Promise<void> => page.evaluate(() => (window as unknown as Window).hide())

/** Longer than a provider's release is deferred. */
const graceOver = (page: Page): Promise<void> => page.waitForTimeout(2_300)

// These pages have no icon.
const complaints = (): string[] => held.chromium.complaints.filter((words) => !words.includes('404'))

/** One of everything: the channel was never closed and opened again. */
const expectOneOfAll = (): void => {
  expect(held.server.seen()).toMatchObject({ upgrades: 1, subscriptions: 1, auth: { 200: 1 } })
  expect(held.server.sockets()).toBe(1)
}

describe.each(['18', '19'])('a page of React %s', (major) => {
  const openApp = (script: string, body = '<main></main>'): Promise<Page> =>
    open({ script: `${HOOKS}${CLIENT}${script}`, body, bundling: reactOf(major) })

  it('in StrictMode has one socket, one authorisation, one subscription, and hears each change once', async () => {
    const page = await openApp(`${CART}${ROOT}
      root.render(<StrictMode><CartEchoProvider client={client} page={settings}><Cart /></CartEchoProvider></StrictMode>)`)
    await isLive(page)
    await graceOver(page)
    held.server.shop.removeFromAll('raya-sale')
    held.server.shop.applyToAll('raya-sale')
    await expect.poll(async () => (await heard(page)).length).toBe(2)
    expect(new Set(await heard(page)).size).toBe(2)
    await page.getByText('Your cart was updated').waitFor()
    expectOneOfAll()
    expect(complaints()).toEqual([])
  })

  it('keeps its channel when its tree is mounted anew, as Fast Refresh and Inertia visits do, and hears on', async () => {
    const page = await openApp(`${CART}${ROOT}
      let visits = 0
      const app = () => <CartEchoProvider key={visits++} client={client} page={settings}><Cart /></CartEchoProvider>
      window.show = () => root.render(app())
      window.hide = () => root.render(null)
      window.show()`)
    await isLive(page)
    for (let visit = 0; visit < 5; visit += 1) await show(page)
    await hide(page)
    await page.waitForTimeout(500)
    await show(page)
    await graceOver(page)
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(async () => (await heard(page)).length).toBe(1)
    expectOneOfAll()
    expect(complaints()).toEqual([])
  })

  it('leaves no socket when it is unmounted while it connects', async () => {
    const page = await openApp(`${CART}${ROOT}
      flushSync(() => root.render(<CartEchoProvider client={client}><Cart /></CartEchoProvider>))
      window.was = client.connection.get().name
      root.unmount()`)
    expect(await page.evaluate(() => (window as unknown as { was: string }).was)).toBe('connecting')
    await expect.poll(() => connection(page), { timeout: 5_000 }).toBe('idle: not-started')
    await expect.poll(() => held.server.sockets()).toBe(0)
    expect(complaints()).toEqual([])
  })

  it('hears on while Suspense hides what has subscribed', async () => {
    const page = await openApp(`${CART}${ROOT}
      let done = null
      const waiting = new Promise((resolve) => { done = resolve })
      const Late = ({ isLate }) => {
        useCartChange((change, meta) => window.heard.push(meta.key))
        if (isLate && done) throw waiting
        return 'the cart'
      }
      const app = (isLate) => <CartEchoProvider client={client} page={settings}>
        <Suspense fallback="one moment"><Late isLate={isLate} /></Suspense></CartEchoProvider>
      window.show = () => root.render(app(true))
      window.hide = () => { const end = done; done = null; end() }
      root.render(app(false))`)
    await isLive(page)
    await show(page)
    await page.getByText('one moment').waitFor()
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(async () => (await heard(page)).length).toBe(1)
    await hide(page)
    await page.getByText('one moment').waitFor({ state: 'detached' })
    held.server.shop.applyToAll('raya-sale')
    await expect.poll(async () => (await heard(page)).length).toBe(2)
    expectOneOfAll()
    expect(complaints()).toEqual([])
  })

  it('never shows two readers two states of the news, though they change while React renders', async () => {
    const page = await openApp(`${ROOT}
      window.torn = []
      let dismissing = false
      const Reader = () => {
        const count = useCartNews(({ unread }) => unread.length)
        const until = performance.now() + 20
        while (performance.now() < until);
        return <i>{count}</i>
      }
      const All = () => {
        useLayoutEffect(() => { window.torn.push([...document.querySelectorAll('i')].map((i) => i.textContent).join('')) })
        useCartNews()
        return Array.from({ length: 20 }, (_, index) => <Reader key={index} />)
      }
      const App = () => {
        const [isShown, setShown] = useState(false)
        window.show = () => {
          // Between two slices of the rendering that begins now.
          setTimeout(client.dismiss, 100)
          startTransition(() => setShown(true))
        }
        return <><b>{useCartNews(({ unread }) => unread.length)}</b>{isShown && <All />}</>
      }
      root.render(<CartEchoProvider client={client} page={settings}><App /></CartEchoProvider>)`)
    await isLive(page)
    held.server.shop.removeFromAll('raya-sale')
    await page.locator('b', { hasText: '1' }).waitFor()
    await show(page)
    await page.locator('i').nth(19).waitFor()
    await page.locator('b', { hasText: '0' }).waitFor()
    const commits = await page.evaluate(() => (window as unknown as { torn: string[] }).torn)
    expect(commits).not.toEqual([])
    for (const commit of commits) expect(commit).toMatch(/^(0{20}|1{20})$/)
    expect(complaints()).toEqual([])
  })

  it('goes over to another customer by one new authorisation, and finds what was told since that page was rendered', async () => {
    const page = await openApp(`${CART}${ROOT}
      const token = () => document.querySelector('meta[name="csrf-token"]')
      const post = async (path, body) => {
        const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-TOKEN': token().content }
        const answer = await (await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
        token().content = answer.csrf_token
        return answer.page
      }
      const App = () => {
        const [page, setPage] = useState(settings)
        window.logIn = async () => { window.next = await post('/login', { customer: window.customer }) }
        window.show = () => setPage(window.next)
        window.again = () => setPage({ ...page })
        return <CartEchoProvider client={client} page={page}><Cart /></CartEchoProvider>
      }
      window.customers = fetch('/session', { headers: { Accept: 'application/json' } }).then((answer) => answer.json())
      root.render(<App />)`)
    await isLive(page)
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(async () => (await heard(page)).length).toBe(1)
    await page.evaluate(async () => {
      const view = window as unknown as Record<string, () => Promise<unknown>> & {
        customers: Promise<{ customers: { id: unknown }[] }>
      }
      Object.assign(view, { customer: (await view.customers).customers[1]?.id })
      await view.logIn?.()
    })
    // Between the rendering of that customer's page and its arrival.
    held.server.shop.applyToAll('raya-sale')
    await expect.poll(async () => (await heard(page)).length).toBe(2)
    await show(page)
    await expect.poll(async () => (await heard(page)).length).toBe(3)
    await isLive(page)
    await page.evaluate(() => (window as unknown as { again: () => void }).again())
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(async () => (await heard(page)).length).toBe(4)
    const epochs = (await heard(page)).map((key) => key.split(':')[0])
    expect([epochs[0] === epochs[1], epochs[1] === epochs[2], epochs[2] === epochs[3]]).toEqual([true, false, true])
    expect(held.server.seen()).toMatchObject({ auth: { 200: 2 }, subscriptions: 2 })
    expect(held.server.sockets()).toBe(1)
    expect(await page.locator('#message').count()).toBe(1)
    expect(complaints()).toEqual([])
  })

  it('takes over what the server rendered without a word, though it was live and had news before', async () => {
    const html = await renderOnServer(
      major,
      `${HOOKS}${CART}
      import { createCartEcho } from 'cart-echo'
      const client = createCartEcho({ user: 1, check: '/api/cart/check-updates' })
      export const app = <CartEchoProvider client={client}><Cart /></CartEchoProvider>`,
    )
    expect(html).toContain('not-started')
    const page = await openApp(
      `${CART}
      window.before = document.querySelector('#state')
      client.start()
      window.show = () => hydrateRoot(document.querySelector('main'),
        <StrictMode><CartEchoProvider client={client} page={settings}><Cart /></CartEchoProvider></StrictMode>,
        { onRecoverableError: (error) => console.error(error) })`,
      `<main>${html}</main>`,
    )
    await isLive(page)
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => page.evaluate(() => (window as unknown as Window).client.news.get().unread.length)).toBe(1)
    await show(page)
    await page.getByText('Your cart was updated').waitFor()
    expect(await page.locator('#state').textContent()).toBe('live: subscribed')
    const isSame = () => document.querySelector('#state') === (window as unknown as { before: Element }).before
    expect(await page.evaluate(isSame)).toBe(true)
    expect(complaints()).toEqual([])
  })

  it('is left as it was by a thousand mounts and unmounts: no listener, no socket, no growing heap', async () => {
    const page = await openApp(`
      let listeners = 0
      const { addEventListener, removeEventListener } = EventTarget.prototype
      EventTarget.prototype.addEventListener = function (...given) { listeners += 1; addEventListener.apply(this, given) }
      EventTarget.prototype.removeEventListener = function (...given) { listeners -= 1; removeEventListener.apply(this, given) }
      ${CART}${ROOT}
      let registered = 0
      const counting = (add) => (...given) => {
        const remove = add(...given)
        registered += 1
        return () => { registered -= 1; remove() }
      }
      const counted = { ...client, on: counting(client.on), onRefresh: counting(client.onRefresh), start: counting(client.start),
        news: { ...client.news, subscribe: counting(client.news.subscribe) },
        connection: { ...client.connection, subscribe: counting(client.connection.subscribe) } }
      const Page = () => { useCartRefresh(() => undefined); return <Cart /> }
      window.counts = () => [registered, listeners]
      window.show = (times) => {
        for (let time = 0; time < times; time += 1) {
          flushSync(() => root.render(<CartEchoProvider client={counted} page={settings}><Page /></CartEchoProvider>))
          flushSync(() => root.render(null))
        }
      }`)
    const counts = () => page.evaluate(() => (window as unknown as { counts: () => number[] }).counts())
    const cdp = await page.context().newCDPSession(page)
    const heapOf = async (): Promise<number> => {
      await cdp.send('HeapProfiler.collectGarbage')
      return (await cdp.send('Runtime.getHeapUsage')).usedSize
    }
    const atRest = async (): Promise<number[]> => {
      await expect.poll(() => connection(page), { timeout: 10_000 }).toBe('idle: not-started')
      await expect.poll(() => held.server.sockets()).toBe(0)
      return counts()
    }
    // The first thousand are compiled, and what React and the SDK keep for good is there.
    await show(page, 1_000)
    const before = await atRest()
    const heapBefore = await heapOf()
    await show(page, 1_000)
    const [registered, listeners = 0] = await atRest()
    expect(registered).toBe(0)
    expect(listeners).toBeLessThanOrEqual(before[1] ?? 0)
    const grown = (await heapOf()) - heapBefore
    expect(grown).toBeLessThan(250_000)
    expect(complaints()).toEqual([])
  }, 60_000)

  it('tells the example’s story', async () => {
    const script = readFileSync('examples/react/react.tsx', 'utf8')
    const page = await open({ script, body: '<main></main>', bundling: reactOf(major) })
    await page.locator('#state[data-name="live"]').waitFor()
    await page.locator('#total', { hasText: 'RM108.00' }).waitFor()
    held.server.shop.removeFromAll('raya-sale')
    await page.locator('#heard', { hasText: '1' }).waitFor()
    await page.locator('#total', { hasText: 'RM120.00' }).waitFor()
    await page.getByRole('status').getByText('Your cart was updated').waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(() => page.getByRole('status').textContent()).toBe('')
    expectOneOfAll()
    expect(complaints()).toEqual([])
  })
})
