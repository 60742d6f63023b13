import { type CartEchoServer, type FaultProxy, startFaultProxy } from '../../src/server'
import { openWindow, startChromium } from '../support/chromium-tabs'
import { openShop } from '../support/shop'
import { keepLogBook, type LogBook, type ShopperId } from './log-book'
import { startShopFront } from './shop-front'
import { bringShopper, type Shopper } from './shopper'

/** A shop with its shoppers, and the model beside it. */
export interface House {
  readonly server: CartEchoServer
  readonly shoppers: readonly Shopper[]
  readonly book: LogBook
  readonly lines: readonly FaultProxy[]
  /** Ends all of it, the newest first. */
  readonly close: () => Promise<void>
}

const SHOPPERS: readonly ShopperId[] = [1, 2, '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a']
/** Shorter than a shop's, so that what nothing but a poll or an audit can find is found while one waits. */
const POLICY = { pollMs: 4_000, auditMs: 12_000 }

/** Opens one. `scripts` is the folder of the page's code, `blocks` that of a page with a block. @throws without a Chromium. */
export const openHouse = async (scripts: string, blocks: string): Promise<House> => {
  const closers: (() => unknown)[] = []
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).reverse()) await end()
  }
  try {
    const chromium = await startChromium()
    closers.push(chromium.close)
    const place = { url: '' }
    const front = await startShopFront(() => place.url, scripts)
    closers.push(front.close)
    const { server, logIn } = await openShop({ pages: blocks, allowedOrigins: [front.origin], policy: POLICY })
    closers.push(server.close)
    place.url = server.url
    const shoppers: Shopper[] = []
    const totals = new Map<ShopperId, string>()
    for (const id of SHOPPERS) {
      const { Cookie } = await logIn(id)
      const answer = await fetch(`${server.url}/api/cart`, { headers: { Cookie } })
      totals.set(id, ((await answer.json()) as { cart: { total: string } }).cart.total)
      const line = await startFaultProxy({ target: server.reverb })
      const window = await openWindow(chromium.address)
      const { awayUrl } = front
      const shopper = bringShopper({ id, window, line, cookie: Cookie, cartUrl: front.cartUrl(line.port), awayUrl })
      closers.push(shopper.close)
      shoppers.push(shopper)
    }
    return { server, shoppers, book: keepLogBook(server, totals), lines: shoppers.map(({ line }) => line), close }
  } catch (error) {
    await close()
    throw error
  }
}
