import { type CartEchoServer, type StartServerOptions, startServer } from '../../src/server'
import { askAnew } from './ask-anew'

/** A running shop with somebody logged in. */
export interface Shop {
  server: CartEchoServer
  /** Logs a customer in and gives the request header that proves it. */
  logIn(customer: string | number): Promise<{ Cookie: string }>
  /** Ends the promotion on all carts. */
  endPromotion(): number
}

// Pages that carry the block; the demo's are there only once they are built.
const PAGES = new URL('../server/pages/site/', import.meta.url)

/** A shop on a free port of 127.0.0.1. Close its `server`. */
export const openShop = async (options: StartServerOptions = {}): Promise<Shop> => {
  const server = await startServer({ port: 0, pages: PAGES, ...options })
  return {
    server,
    endPromotion: () => server.shop.removeFromAll('raya-sale').changed,
    logIn: async (customer) => {
      const first = await askAnew(`${server.url}/session`)
      const { csrf_token } = (await first.json()) as { csrf_token: string }
      const answer = await askAnew(`${server.url}/login`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json',
          'X-CSRF-TOKEN': csrf_token,
          Cookie: cookiesOf(first),
        },
        body: JSON.stringify({ customer }),
      })
      if (!answer.ok) throw new Error(`log-in answered ${answer.status}`)
      return { Cookie: cookiesOf(answer) }
    },
  }
}

const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
