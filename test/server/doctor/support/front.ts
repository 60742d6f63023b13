import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import type { CartEchoServer } from '../../../../src/server/index'

/** An answer on its way out. */
export interface Passing {
  status: number
  headers: Record<string, string | readonly string[]>
  body: string
}

/** Changes an answer, by the path that was asked for. */
export type Change = (passing: Passing, path: string) => void

/** A name that no resolver is asked for: its first piece is longer than names may have. */
export const NO_NAME = `${'x'.repeat(64)}.test`

/** Serves by hand until the test is over; gives the address. */
export const handMade = (listener: RequestListener): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer(listener)
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${portOf(server.address())}`))
  })

/** The port of a server that listens. */
export const portOf = (address: ReturnType<ReturnType<typeof createServer>['address']>): number =>
  typeof address === 'object' && address !== null ? address.port : 0

/** Stands before a server, and changes its answers: what an operator can get wrong. Sockets go to the server itself. */
export const front = (server: CartEchoServer, change: Change): Promise<string> =>
  handMade((request, response) => {
    pass(server, request, response, change).catch(() => response.destroy())
  })

const pass = async (
  { url }: CartEchoServer,
  request: IncomingMessage,
  response: ServerResponse,
  change: Change,
): Promise<void> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { connection, host, upgrade, ...headers } = request.headers
  const path = request.url ?? '/'
  const answer = await fetch(url + path, {
    method: request.method ?? 'GET',
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    redirect: 'manual',
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  })
  const passing: Passing = { status: answer.status, headers: {}, body: await answer.text() }
  for (const name of ['content-type', 'cache-control', 'content-security-policy', 'location']) {
    const value = answer.headers.get(name)
    if (value !== null) passing.headers[name] = value
  }
  const cookies = answer.headers.getSetCookie()
  if (cookies.length > 0) passing.headers['set-cookie'] = cookies
  change(passing, path)
  response.writeHead(passing.status, passing.headers as Record<string, string | string[]>).end(passing.body)
}

const BLOCK = /<script type="application\/json" data-cart-echo>(.*?)<\/script>/s

/** Changes the block of a page. */
export const changeBlock =
  (change: (block: Record<string, unknown>) => unknown): Change =>
  (passing) => {
    passing.body = passing.body.replace(BLOCK, (_, json) => blockOf(change(JSON.parse(json))))
  }

/** The element of a block. */
export const blockOf = (block: unknown): string =>
  `<script type="application/json" data-cart-echo>${JSON.stringify(block)}</script>`

/** Changes the JSON of the check. */
export const changeCheck =
  // biome-ignore lint/suspicious/noExplicitAny: faults are put anywhere
    (change: (body: any) => void): Change =>
    (passing, path) => {
      if (!path.startsWith('/api/cart/check-updates')) return
      const body = JSON.parse(passing.body)
      change(body)
      passing.body = JSON.stringify(body)
    }
