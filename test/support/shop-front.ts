import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Page } from 'playwright'
import type { CartEchoServer } from '../../src/server'
import { startServer } from '../../src/server'

/** A shop's pages on a port of their own, as a browser may keep them; the stand-in's own are `no-store`. */
export interface ShopFront {
  readonly server: CartEchoServer
  /** The cart page, rendered for customer 1 at each visit. */
  readonly cartUrl: string
  /** The same, but the browser may show it again as it was for an hour. */
  readonly cachedCartUrl: string
  /** A page without any script. */
  readonly awayUrl: string
  close(): Promise<void>
}

/** What a page of the front notes about itself, on `window.cartPage`. */
export interface CartPage {
  heard: { key: string; via: string }[]
  state: string
  states: string[]
  errors: string[]
  life: string[]
}

// The whole integration, and a diary.
const SCRIPT = `
import { createCartEcho, readPage } from 'cart-echo'
import { reverb } from 'cart-echo/reverb'
const page = readPage()
const origin = document.documentElement.dataset.shop
const withCookies = { credentials: 'include' }
const diary = { heard: [], state: '', states: [], errors: [], life: [] }
window.cartPage = diary
for (const name of ['pageshow', 'pagehide', 'online', 'offline']) addEventListener(name, (event) => diary.life.push(name + (event.persisted ? ' persisted' : '')))
for (const name of ['freeze', 'resume', 'visibilitychange']) document.addEventListener(name, () => diary.life.push(name))
const show = (total) => { document.querySelector('#total').textContent = total }
const cart = createCartEcho({
  ...page,
  connect: reverb({ ...page.reverb, auth: { endpoint: origin + '/broadcasting/auth', ...withCookies } }),
  check: { url: origin + '/api/cart/check-updates', ...withCookies },
  onError: ({ code }) => diary.errors.push(code),
})
cart.connection.subscribe(({ name, reason }) => {
  diary.state = name
  diary.states.push(name + ': ' + reason)
})
cart.on('cart.conditions.changed', ({ changes }, { key, via }) => {
  diary.heard.push({ key, via })
  show(changes.new_total)
})
cart.onRefresh(async ({ signal }) => {
  const answer = await fetch(origin + '/api/cart', { ...withCookies, signal, cache: 'no-store' })
  const { cart, cursor } = await answer.json()
  show(cart.total)
  return cursor
})
window.cart = cart
cart.start()
`

/** What a shop's bundler makes of it, by the addresses. */
let bundled: Promise<ReadonlyMap<string, string>> | null = null

const bundle = async (): Promise<ReadonlyMap<string, string>> => {
  const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url))
  const { outputFiles } = await build({
    stdin: { contents: SCRIPT, resolveDir: fileURLToPath(new URL('../..', import.meta.url)), sourcefile: 'page.js' },
    alias: { 'cart-echo': source('index.ts'), 'cart-echo/reverb': source('connections/reverb.ts') },
    bundle: true,
    splitting: true,
    outdir: '/',
    entryNames: 'page',
    format: 'esm',
    write: false,
  })
  return new Map(outputFiles.map(({ path, text }) => [path, text]))
}

/** Lets time pass in a browser context with a clock of its own; these pages have sent what they had to send by then. */
export const letPass = async (pages: readonly Page[], ms: number): Promise<void> => {
  await pages[0]?.clock.runFor(ms)
  await Promise.all(
    pages.map((page) => page.evaluate(async () => (await fetch('/away', { cache: 'no-store' })).text())),
  )
}

/** Opens one. Close it. */
export const openShopFront = async (options: { readonly level?: 'guide' } = {}): Promise<ShopFront> => {
  bundled ??= bundle()
  const scripts = await bundled
  const shop: { server?: CartEchoServer } = {}
  const front = createServer(async (request, response) => {
    const path = request.url ?? '/'
    const script = scripts.get(path)
    if (script !== undefined) return response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script)
    if (!shop.server || !path.startsWith('/cart'))
      return response.writeHead(200, HTML).end('<!doctype html><title>Away</title>')
    const { html, cookies } = await render(shop.server, request.headers.cookie)
    const keep = path.endsWith('cached') ? 'private, max-age=3600' : 'private, no-cache'
    response.writeHead(200, { ...HTML, 'Cache-Control': keep, 'Set-Cookie': cookies }).end(html)
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
  const server = await startServer({
    autoLogin: 1,
    pages: new URL('../server/pages/site/', import.meta.url),
    allowedOrigins: [origin],
    ...options,
  })
  shop.server = server
  return {
    server,
    cartUrl: `${origin}/cart`,
    cachedCartUrl: `${origin}/cart?cached`,
    awayUrl: `${origin}/away`,
    close: async () => {
      front.closeAllConnections()
      front.close()
      await server.close()
    },
  }
}

const HTML = { 'Content-Type': 'text/html; charset=utf-8' }

// The stand-in's page has the block and, at the first visit, the session's cookie; the cart is read after it.
const render = async ({ url }: CartEchoServer, cookie = ''): Promise<{ html: string; cookies: string[] }> => {
  const page = await fetch(`${url}/`, { headers: { Cookie: cookie } })
  const cookies = page.headers.getSetCookie()
  const block = /<script type="application\/json" data-cart-echo>.*?<\/script>/s.exec(await page.text())?.[0] ?? ''
  const known = cookies.map((one) => one.split(';')[0]).join('; ') || cookie
  const { cart } = (await (await fetch(`${url}/api/cart`, { headers: { Cookie: known } })).json()) as {
    cart: { total: string }
  }
  const body = `<p id="total">${cart.total}</p>${block}<script type="module" src="/page.js"></script>`
  return { html: `<!doctype html><html data-shop="${url}"><title>Cart</title><body>${body}</body></html>`, cookies }
}
