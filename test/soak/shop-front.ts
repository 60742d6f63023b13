import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Serves the shop's pages: unlike the stand-in's own they may be kept for Back, and they come while sockets and check do not. */
export interface ShopFront {
  /** The cart page of a shopper whose sockets and requests go through that port. */
  readonly cartUrl: (port: number) => string
  /** A page without any script. */
  readonly awayUrl: string
  readonly origin: string
  readonly close: () => void
}

const HTML = { 'Content-Type': 'text/html; charset=utf-8' }
const SCRIPT = { 'Content-Type': 'text/javascript' }
const ASK_WITHIN_MS = 2_000
const RENDER_WITHIN_MS = 20_000

/** Starts one for a server, whose address it asks for when it needs it. `scripts` is the folder of the page's code. */
export const startShopFront = async (server: () => string, scripts: string): Promise<ShopFront> => {
  const front = createServer(async ({ url = '/', headers }, response) => {
    try {
      const port = /^\/cart\/(\d+)/.exec(url)?.[1]
      if (port) {
        const html = await render(server(), port, headers)
        return response.writeHead(200, { ...HTML, 'Cache-Control': 'private, no-cache' }).end(html)
      }
      if (/^\/[\w-]+\.js$/.test(url)) {
        const script = readFileSync(join(scripts, url))
        return response.writeHead(200, SCRIPT).end(script)
      }
      response.writeHead(200, HTML).end('<!doctype html><title>Away</title>')
    } catch (error) {
      response.writeHead(503, HTML).end(`<!doctype html><title>${error}</title>`)
    }
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
  return {
    cartUrl: (port) => `${origin}/cart/${port}`,
    awayUrl: `${origin}/away`,
    origin,
    close: () => {
      front.closeAllConnections()
      front.close()
    },
  }
}

// The block is made before the cart is read, as a shop does it.
const render = async (server: string, port: string, { cookie = '' }: IncomingMessage['headers']): Promise<string> => {
  const endMs = Date.now() + RENDER_WITHIN_MS
  const page = await ask(`${server}/`, cookie, endMs)
  const block = /<script type="application\/json" data-cart-echo>.*?<\/script>/s.exec(page)?.[0] ?? ''
  const { cart } = JSON.parse(await ask(`${server}/api/cart`, cookie, endMs)) as { cart: { total: string } }
  const mine = block.replace(/"port":\d+/, `"port":${port}`)
  const body = `<p id="total">${cart.total}</p>${mine}<script type="module" src="/page.js"></script>`
  return `<!doctype html><html data-shop="http://127.0.0.1:${port}"><title>Cart</title><body>${body}</body></html>`
}

/** Asks again for as long as a fault answers in the shop's place. */
const ask = async (url: string, Cookie: string, endMs: number): Promise<string> => {
  for (;;) {
    try {
      const headers = { Cookie, Accept: 'application/json' }
      const answer = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(ASK_WITHIN_MS) })
      const text = await answer.text()
      if (answer.ok && !(url.endsWith('/api/cart') && text.startsWith('<'))) return text
      throw new Error(`${url} answered ${answer.status}.`)
    } catch (error) {
      if (Date.now() > endMs) throw error
      await wait(200)
    }
  }
}
