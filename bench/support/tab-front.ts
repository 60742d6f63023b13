import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OpenedServer } from './server-process'

/** A shop's pages on a port of their own, such as a browser keeps for Back; the stand-in's are `no-store`. */
export interface TabFront {
  /** The cart page, rendered anew at each visit: the block, and the script. It logs the browser in. */
  readonly cartUrl: string
  /** A page without any script. */
  readonly awayUrl: string
  readonly close: () => void
}

/** Opens one. What it does not know itself, it passes on to the server: the browser sees one shop. */
export const openTabFront = async (server: OpenedServer, script: string): Promise<TabFront> => {
  const front = createServer(async (asked, answer) => {
    if (asked.url === '/page.js') return answer.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script)
    if (asked.url === '/away') return answer.writeHead(200, HTML).end('<!doctype html><title>Away</title>')
    if (asked.url !== '/cart') return passOn(server, asked, answer)
    const cookies = server.cookie.split('; ').map((cookie) => `${cookie}; Path=/`)
    const html = await cartPage(server)
    answer.writeHead(200, { ...HTML, 'Set-Cookie': cookies }).end(html)
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
  return {
    cartUrl: `${origin}/cart`,
    awayUrl: `${origin}/away`,
    close: () => {
      front.closeAllConnections()
      front.close()
    },
  }
}

const HTML = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'private, no-cache' }

const cartPage = async (server: OpenedServer): Promise<string> =>
  `<!doctype html><title>Cart</title><body>${await cartBlock(server)}<script type="module" src="/page.js"></script></body>`

/** The page's block. The cursor is the server's at this moment: whatever is published later is the page's to hear. */
export const cartBlock = async ({ url, cookie }: OpenedServer): Promise<string> => {
  const answer = await fetch(`${url}/session`, { headers: { Cookie: cookie } })
  const { page } = (await answer.json()) as { page: object }
  return `<script type="application/json" data-cart-echo>${JSON.stringify(page)}</script>`
}

/** Hands a request on to the server, and its answer back. */
export const passOn = ({ url }: OpenedServer, asked: IncomingMessage, answer: ServerResponse): void => {
  const { method = 'GET', headers } = asked
  const passed = request(
    new URL(asked.url ?? '/', url),
    { method, headers: { ...headers, host: new URL(url).host } },
    (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers)
      got.pipe(answer)
    },
  )
  passed.on('error', () => answer.destroy())
  // A page that is closed no longer waits.
  answer.on('close', () => passed.destroy())
  asked.pipe(passed)
}
