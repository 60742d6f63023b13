import type { CartEchoServer } from '../cart-echo-server'
import { readCookie } from '../http/routes'
import type { StartServerOptions } from '../start-options'
import { startServer } from '../start-server'
import { RECORDED_APPLICATIONS, targetAt } from './recordings'
import { type AuthDoor, ask, type Target } from './target'

/** The whole stand-in, as what the recordings were made of. */
export interface StandIn {
  readonly target: Target
  close(): Promise<void>
}

const ALLOWED_ORIGIN = 'http://127.0.0.1:5173'
const MESSAGE = 'Your cart was updated due to a promotion change'

/** Starts the stand-in as the guide's shop with the stock channel rule, and logs customer 1 in. Any option may differ. */
export const startStandIn = async (options: StartServerOptions = {}): Promise<StandIn> => {
  const [app, ...apps] = RECORDED_APPLICATIONS
  const server = await startServer({
    app,
    apps,
    level: 'guide',
    channelRule: 'stock',
    allowedOrigins: [ALLOWED_ORIGIN],
    pages: '.',
    ...options,
  })
  const { host } = new URL(server.url)
  return { target: { ...targetAt(host), door: await openDoor(server) }, close: server.close }
}

const openDoor = async ({ url, shop }: CartEchoServer): Promise<AuthDoor> => ({
  url: `${url}/broadcasting/auth`,
  strictUrl: `${url}/strict/broadcasting/auth`,
  cookie: await logIn(url),
  check: {
    url: `${url}/api/cart/check-updates`,
    change: () => {
      shop.publish(1, 'cart.conditions.changed', { message: MESSAGE, changes: {} })
    },
  },
  allowedOrigin: ALLOWED_ORIGIN,
})

const logIn = async (url: string): Promise<string> => {
  const first = cookiesOf((await ask({ url: `${url}/session` })).headers['set-cookie'])
  const { headers } = await ask({
    url: `${url}/login`,
    method: 'POST',
    headers: {
      cookie: first,
      'content-type': 'application/json',
      'x-xsrf-token': readCookie(first, 'XSRF-TOKEN') ?? '',
    },
    body: JSON.stringify({ customer: 1 }),
  })
  return cookiesOf(headers['set-cookie'])
}

const cookiesOf = (headers: readonly string[] = []): string =>
  headers.map((header) => header.split(';', 1)[0]).join('; ')
