import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { passTime } from '../support/page-time'
import { expectNoneLeft, watchAlive } from './support/live-objects'
import { holdOnePage } from './support/one-page'
import { reactOf, renderOnServer } from './support/react-of'

// On a page in real Chromium, on real sockets, in React 18 and in React 19. Each test has a tree of its own there, and ends without a socket.

const ROOT = `
import { createCartEcho, readPage } from 'cart-echo'
import * as hooks from 'cart-echo/react'
import { reverb } from 'cart-echo/reverb'
import * as React from 'react'
import { flushSync } from 'react-dom'
import { createRoot, hydrateRoot } from 'react-dom/client'

const { CartEchoProvider, useCartChange, useCartConnection, useCartNews } = hooks
const settings = readPage()
const client = createCartEcho({ ...settings, connect: reverb(settings.reverb) })
const heard = []

const Cart = () => {
  useCartChange((change, { key }) => heard.push(key))
  const message = useCartNews(({ unread }) => unread.map(({ change }) => change.message)).at(-1)
  const { name, reason } = useCartConnection()
  return <><p id="state">{name}: {reason}</p><p id="message" role="status">{message}</p></>
}
const provided = (children = <Cart />) => <CartEchoProvider client={client} page={settings}>{children}</CartEchoProvider>

Object.assign(window, React, hooks, { flushSync, hydrateRoot, settings, client, heard, Cart, provided })

// What a test that failed has left goes first.
window.begin = (html) => {
  window.root?.unmount()
  client.stop()
  const place = document.createElement('main')
  place.innerHTML = html
  document.body.replaceChildren(place)
  window.place = place
  window.root = html ? null : createRoot(place)
  client.dismiss()
  heard.length = 0
}
`

describe.each(['18', '19'])('a page of React %s', (major) => {
  const held = holdOnePage({ script: ROOT, bundling: reactOf(major) })
  const { play, change } = held

  /** Lets a provider's release go by, which is deferred. */
  const graceOver = (): Promise<void> => passTime(held.page, 2_300)
  const connection = () => play('(({ name, reason }) => name + ": " + reason)(client.connection.get())')
  const isLive = (): Promise<void> => expect.poll(connection).toBe('live: subscribed')
  const heard = () => play('heard') as Promise<string[]>
  const hears = (count: number): Promise<void> => expect.poll(async () => (await heard()).length).toBe(count)

  /** One of everything: the channel was never closed and opened again. */
  const expectOneOfAll = (): void => {
    expect(held.server.seen()).toMatchObject({ upgrades: 1, subscriptions: 1, auth: { 200: 1 } })
    expect(held.server.sockets()).toBe(1)
  }

  beforeEach(async () => {
    held.server.seen({ reset: true })
    await play('begin("")')
  })

  afterEach(async () => {
    await play('root?.unmount()')
    await graceOver()
    await expect.poll(connection).toBe('idle: not-started')
    await expect.poll(() => held.server.sockets()).toBe(0)
    expect(held.complaints).toEqual([])
  })

  it('in StrictMode has one socket, one authorisation, one subscription, and hears each change once', async () => {
    await play('root.render(<StrictMode>{provided()}</StrictMode>)')
    await isLive()
    await graceOver()
    change()
    change()
    await hears(2)
    expect(new Set(await heard()).size).toBe(2)
    await held.page.getByText('Your cart was updated').waitFor()
    expectOneOfAll()
  })

  it('keeps its channel when its tree is mounted anew, as Fast Refresh and Inertia visits do, and hears on', async () => {
    await play('root.render(provided())')
    await isLive()
    for (let visit = 0; visit < 5; visit += 1) await play(`root.render(<i key={${visit}}>{provided()}</i>)`)
    await play('root.render(null)')
    await passTime(held.page, 500)
    await play('root.render(provided())')
    await graceOver()
    change()
    await hears(1)
    expectOneOfAll()
  })

  it('leaves no socket when it is unmounted while it connects, and has one when it is there again', async () => {
    const was = await play(`
      flushSync(() => root.render(provided()))
      const was = client.connection.get().name
      flushSync(() => root.render(null))
      was`)
    expect(was).toBe('connecting')
    await graceOver()
    await expect.poll(connection).toBe('idle: not-started')
    await play('root.render(provided())')
    await isLive()
    await expect.poll(() => held.server.sockets()).toBe(1)
  })

  it('hears on while Suspense hides what has subscribed', async () => {
    await play(`
      let done = null
      const waiting = new Promise((resolve) => { done = resolve })
      const Late = ({ isLate }) => {
        useCartChange((change, meta) => heard.push(meta.key))
        if (isLate && done) throw waiting
        return 'the cart'
      }
      const app = (isLate) => provided(<Suspense fallback="one moment"><Late isLate={isLate} /></Suspense>)
      window.hide = () => root.render(app(true))
      window.show = () => { const end = done; done = null; end() }
      root.render(app(false))`)
    await isLive()
    await play('hide()')
    await held.page.getByText('one moment').waitFor()
    change()
    await hears(1)
    await play('show()')
    await held.page.getByText('one moment').waitFor({ state: 'detached' })
    change()
    await hears(2)
    expectOneOfAll()
  })

  it('never shows two readers two states of the news, though they change while React renders', async () => {
    await play(`
      window.torn = []
      let read = 0
      const Reader = () => {
        const count = useCartNews(({ unread }) => unread.length)
        // Between two slices of the rendering that goes on.
        if (++read === 10) setTimeout(() => { window.readBefore = read; client.dismiss() })
        const until = performance.now() + 10
        while (performance.now() < until);
        return <i>{count}</i>
      }
      const All = () => {
        useLayoutEffect(() => { torn.push([...document.querySelectorAll('i')].map((i) => i.textContent).join('')) })
        useCartNews()
        return Array.from({ length: 20 }, (_, index) => <Reader key={index} />)
      }
      const App = () => {
        const [isShown, setShown] = useState(false)
        window.show = () => startTransition(() => setShown(true))
        return <><b>{useCartNews(({ unread }) => unread.length)}</b>{isShown && <All />}</>
      }
      root.render(provided(<App />))`)
    await isLive()
    change()
    await held.page.locator('b', { hasText: '1' }).waitFor()
    await play('show()')
    await held.page.locator('i').nth(19).waitFor()
    await held.page.locator('b', { hasText: '0' }).waitFor()
    const [commits, readBefore] = (await play('[torn, readBefore]')) as [string[], number]
    expect(readBefore).toBeLessThan(20)
    expect(commits).not.toEqual([])
    for (const commit of commits) expect(commit).toMatch(/^(0{20}|1{20})$/)
  })

  it('takes over what the server rendered without a word, though it was live and had news before', async () => {
    const html = await renderOnServer(
      major,
      `import { createCartEcho } from 'cart-echo'
      import { CartEchoProvider, useCartConnection, useCartNews } from 'cart-echo/react'
      const client = createCartEcho({ user: 1, check: '/api/cart/check-updates' })
      const Cart = () => {
        const message = useCartNews(({ unread }) => unread.map(({ change }) => change.message)).at(-1)
        const { name, reason } = useCartConnection()
        return <><p id="state">{name}: {reason}</p><p id="message" role="status">{message}</p></>
      }
      export const app = <CartEchoProvider client={client}><Cart /></CartEchoProvider>`,
    )
    expect(html).toContain('not-started')
    await play(`begin(${JSON.stringify(html)})
      window.before = document.querySelector('#state')
      window.end = client.start()`)
    await isLive()
    change()
    await expect.poll(() => play('client.news.get().unread.length')).toBe(1)
    await play(`
      const onRecoverableError = (error) => console.error(error)
      window.root = hydrateRoot(place, <StrictMode>{provided()}</StrictMode>, { onRecoverableError })`)
    await held.page.getByText('Your cart was updated').waitFor()
    expect(await held.page.locator('#state').textContent()).toBe('live: subscribed')
    expect(await play('document.querySelector("#state") === before')).toBe(true)
    await play('end()')
  })

  it('is left as it was by a hundred mounts and unmounts: not one object, node or listener more', async () => {
    await play(`
      window.end = client.start()
      const Page = () => { useCartRefresh(() => undefined); return <Cart /> }
      window.comeAndGo = (times) => {
        for (let time = 0; time < times; time += 1) {
          flushSync(() => root.render(provided(<Page />)))
          flushSync(() => root.render(null))
        }
      }`)
    await isLive()
    const countAlive = await watchAlive(held.page)
    const comeAndGo = async (times: number) => {
      await play(`comeAndGo(${times})`)
      await graceOver()
      return countAlive()
    }
    // What React and the SDK keep for good is there after a few.
    const before = await comeAndGo(10)
    expectNoneLeft(before, await comeAndGo(100))
    await play('end()')
  })
})

describe.each(['18', '19'])('a page of React %s where another customer logs in', (major) => {
  const held = holdOnePage({ script: ROOT, bundling: reactOf(major) })
  const { play, change } = held
  const heard = () => play('heard') as Promise<string[]>
  const hears = (count: number): Promise<void> => expect.poll(async () => (await heard()).length).toBe(count)
  const isLive = (): Promise<void> => expect.poll(() => play('client.connection.get().name')).toBe('live')

  it('goes over to them by one new authorisation, and finds what was told since their page was rendered', async () => {
    await play(`begin('')
      const App = () => {
        const [page, setPage] = useState(settings)
        window.show = (page) => setPage(page)
        window.again = () => setPage({ ...page })
        return <CartEchoProvider client={client} page={page}><Cart /></CartEchoProvider>
      }
      root.render(<App />)`)
    await isLive()
    change()
    await hears(1)
    await held.logInAnother()
    // Between the rendering of that customer's page and its arrival: on the channel that there still is.
    change()
    await hears(2)
    await play('show(next)')
    await hears(3)
    await isLive()
    await play('again()')
    change()
    await hears(4)
    const epochs = (await heard()).map((key) => key.split(':')[0])
    expect([epochs[0] === epochs[1], epochs[1] === epochs[2], epochs[2] === epochs[3]]).toEqual([true, false, true])
    expect(held.server.seen()).toMatchObject({ auth: { 200: 2 }, subscriptions: 2 })
    expect(held.server.sockets()).toBe(1)
    expect(held.complaints).toEqual([])
  })
})

describe('the example, in React 18 and as it is developed', () => {
  const script = readFileSync(new URL('../../examples/react/react.tsx', import.meta.url), 'utf8')
  const held = holdOnePage({ script, body: '<main></main>', bundling: reactOf('18') })

  it('tells its story over one socket', async () => {
    const { page, server } = held
    await page.locator('#total', { hasText: 'RM108.00' }).waitFor()
    await expect.poll(() => server.sockets()).toBe(1)
    await expect.poll(() => server.seen().subscriptions).toBe(1)
    held.change()
    await page.getByRole('status').getByText('Your cart was updated').waitFor()
    await page.locator('#total', { hasText: 'RM120.00' }).waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(() => page.getByRole('status').textContent()).toBe('')
    expect(server.seen()).toMatchObject({ upgrades: 1, subscriptions: 1, auth: { 200: 1 } })
    expect(held.complaints).toEqual([])
  })
})
