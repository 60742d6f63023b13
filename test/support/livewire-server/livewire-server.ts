import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request as requestFrom, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type CartEchoServer, startServer } from '../../../src/server'
import type { ServerComponents, ShopOfVisitor } from './component'
import { createProtocol, type Update } from './protocol'

/** What a page of Livewire has to be allowed: Alpine's expressions, the styles that Livewire puts into the head, and what many pages have besides, scripts in the page. */
const LIVEWIRE_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws:"

/** One request of Livewire, in words. */
export interface AskedOfLivewire {
  readonly components: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly updates: readonly Readonly<Record<string, unknown>>[]
}

/** A shop whose pages have Livewire components. */
export interface LivewireServer extends CartEchoServer {
  /** What Livewire asked so far. */
  readonly asked: AskedOfLivewire[]
  /** The pages that were asked for. */
  readonly visited: string[]
  /** Puts files there: pages, in which `<livewire:NAME />` is a component, and scripts. */
  readonly put: (files: Readonly<Record<string, string>>) => void
  /** The next request of Livewire fails with this status, and so many after it. */
  readonly fail: (status: number, times?: number) => void
  /** Answers of Livewire wait from now on. Gives what lets the oldest go. */
  readonly hold: () => { readonly next: () => void; readonly end: () => void }
}

/**
 * Starts the stand-in for Reverb and the shop, and before it a server of ours for tests that speaks Livewire 3's protocol: it renders components into pages, and answers
 * `/livewire/update`. Everything else is the shop's. Customer 1 is logged in.
 */
export const startLivewireServer = async (components: ServerComponents): Promise<LivewireServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'cart-echo-livewire-'))
  const shop = await startServer({
    port: 0,
    autoLogin: 1,
    pages: folder,
    pageHeaders: { 'Content-Security-Policy': LIVEWIRE_POLICY },
  })
  const { page, answer } = createProtocol(components)
  const asked: AskedOfLivewire[] = []
  const visited: string[] = []
  const failing: number[] = []
  const held = { is: false, waiting: [] as (() => void)[] }

  const update = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { _token, components: updates } = JSON.parse(await textOf(request)) as Parsed
    asked.push(inWords(updates, request.headers))
    const status = failing.shift() ?? (await statusOf(shop.url, request, _token))
    const fail = (code: number) => response.writeHead(code, { 'Content-Type': 'text/html' }).end(`<h1>${code}</h1>`)
    if (status !== 200) return void fail(status)
    const answered = await answer(updates, shopOf(shop.url, request.headers.cookie)).catch((error) => {
      console.error(error)
      return null
    })
    if (held.is) await new Promise<void>((resolve) => held.waiting.push(resolve))
    if (answered === null) fail(500)
    else response.writeHead(200, { 'Content-Type': 'application/json' }).end(answered)
  }

  const server = createServer((request, response) => {
    const handle = request.url === '/livewire/update' ? update : passOn
    handle(request, response).catch((error) => {
      console.error(error)
      response.destroy()
    })
  })

  const passOn = (request: IncomingMessage, response: ServerResponse): Promise<void> =>
    new Promise((resolve, reject) => {
      const onward = requestFrom(`${shop.url}${request.url}`, { method: request.method, headers: request.headers })
      onward.on('error', reject)
      onward.on('response', async (answer) => {
        const isPage = answer.headers['content-type']?.startsWith('text/html') && answer.statusCode === 200
        if (!isPage)
          return void answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)).on('close', resolve)
        visited.push(request.url ?? '')
        const { 'content-length': _, ...headers } = answer.headers
        // Who comes for the first time is given a session by this very answer.
        const given = answer.headers['set-cookie']?.map((cookie) => cookie.split(';')[0]).join('; ')
        // The page's place in the log is noted by now: what a component reads is newer.
        const html = await page(await textOf(answer), shopOf(shop.url, given ?? request.headers.cookie))
        response.writeHead(200, headers).end(html)
        resolve()
      })
      request.pipe(onward)
    })

  // Pages open their socket where they come from.
  const sockets = new Set<Socket>()
  server.on('upgrade', ({ url, rawHeaders }, socket: Socket, head) => {
    const onward = connect(Number(new URL(shop.url).port), '127.0.0.1')
    const lines = rawHeaders.map((word, at) => (at % 2 === 0 ? `${word}: ` : `${word}\r\n`))
    onward.write(`GET ${url} HTTP/1.1\r\n${lines.join('')}\r\n`)
    onward.write(head)
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(from.on('error', () => to.destroy()).on('close', () => to.destroy()))
      from.pipe(to)
    }
  })

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...shop,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    visited,
    put: (files) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true })
        writeFileSync(join(folder, name), text)
      }
    },
    fail: (status, times = 1) => void failing.push(...Array<number>(times).fill(status)),
    hold: () => {
      held.is = true
      const next = () => held.waiting.shift()?.()
      const end = () => {
        held.is = false
        for (const go of held.waiting.splice(0)) go()
      }
      return { next, end }
    },
    close: async () => {
      server.closeAllConnections()
      for (const socket of sockets) socket.destroy()
      server.close()
      await shop.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Parsed {
  readonly _token?: string
  readonly components: readonly Update[]
}

const textOf = async (message: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = []
  for await (const piece of message) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}

const inWords = (updates: readonly Update[], headers: IncomingMessage['headers']): AskedOfLivewire => ({
  components: updates.map(({ snapshot, calls }) => {
    const called = calls.map(({ method, params }) => (method === '__dispatch' ? `on ${params[0]}` : method))
    return `${JSON.parse(snapshot).memo.name}: ${called.join(', ')}`.trim()
  }),
  updates: updates.map((one) => one.updates),
  headers,
})

// Whether the token is the session's knows the shop.
const statusOf = async (url: string, { headers }: IncomingMessage, token: string | undefined): Promise<number> => {
  const sent: Record<string, string> = { Cookie: headers.cookie ?? '', 'Content-Type': 'application/json' }
  if (token !== undefined) sent['X-CSRF-TOKEN'] = token
  else sent['X-XSRF-TOKEN'] = String(headers['x-xsrf-token'] ?? '')
  const { status } = await fetch(`${url}/strict/broadcasting/auth`, { method: 'POST', headers: sent, body: '{}' })
  return status === 419 ? 419 : 200
}

const shopOf = (url: string, cookie = ''): ShopOfVisitor => ({
  cart: async () => {
    const response = await fetch(`${url}/api/cart`, { headers: { Cookie: cookie, Accept: 'application/json' } })
    if (!response.ok) return { total: '', items: [] }
    const { cart } = (await response.json()) as { cart: { total: string; lines: readonly Line[] } }
    return { total: cart.total, items: cart.lines.map(({ sku, name, price }) => ({ id: sku, name, price })) }
  },
})

interface Line {
  readonly sku: string
  readonly name: string
  readonly price: string
}
