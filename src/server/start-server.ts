import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Id } from '../core/events'
import { answerWith } from './http/answer'
import { formatPlace, type Place } from './http/host'
import { firstOf } from './http/routes'
import { listen } from './listen'
import { createPages } from './pages/pages'
import type { Application } from './reverb/application'
import { startReverb } from './reverb/reverb'
import { type Customer, knownCustomer } from './shop/customers'
import type { Level } from './shop/level'
import type { PromotionResult } from './shop/promotions'
import type { Publish } from './shop/publish'
import { createShop, type Shop } from './shop/shop'
import type { ShopState } from './shop/state'

/** How a server is started. Everything can be left out. */
export interface StartServerOptions {
  /** @default 0: any free port */
  readonly port?: number | undefined
  /** There is no admin log-in: on any other than a loopback address everyone near can reach it. @default '127.0.0.1' */
  readonly host?: string | undefined
  /** @default `{ id: '1001', key: 'cart-echo-key' }` and a random secret */
  readonly app?: Application | undefined
  /** @default 'log' */
  readonly level?: Level | undefined
  /** Who a visitor of a page is without logging in; null: nobody. @default null */
  readonly autoLogin?: Id | null | undefined
  /** The folder pages are served from. @default the demo shop that comes with the package */
  readonly pages?: string | URL | undefined
  /** Hears a line about everything that happens. @default silence */
  readonly onLog?: ((line: string) => void) | undefined
}

/** A running server. */
export interface CartEchoServer {
  /** Where it is, without a slash at the end. */
  readonly url: string
  /** What publishers and pages need to reach its Reverb. */
  readonly reverb: {
    readonly appId: string
    readonly key: string
    readonly secret: string
    readonly host: string
    readonly port: number
    readonly scheme: 'http'
  }
  /** The shop's own people. */
  readonly shop: {
    /** Takes a condition from every cart that has it. @throws {CartEchoServerError} `unknown-condition` */
    removeFromAll(name: string): PromotionResult
    /** Gives every cart a condition. @throws {CartEchoServerError} `unknown-condition` */
    applyToAll(name: string): PromotionResult
    /** Takes and gives a condition in turn, so many times, without a pause. @throws {CartEchoServerError} `unknown-condition` */
    burst(name: string, times: number): PromotionResult
    publish: Publish
    state(): ShopState
  }
  /** How many sockets are open. */
  sockets(): number
  /** Ends every connection as a stopped Reverb does (clients see 1006) and leaves nothing behind. Can be called again. */
  close(): Promise<void>
}

/**
 * Starts a stand-in for Laravel Reverb and a cart shop, on one port of this machine. For development and tests only.
 * @throws {CartEchoServerError} `port-taken`, `port-not-allowed`, `host-not-here`, `cannot-listen`, `unknown-customer`
 */
export const startServer = async (options: StartServerOptions = {}): Promise<CartEchoServer> => {
  const { port = 0, host = '127.0.0.1', level = 'log', autoLogin = null, onLog = () => {} } = options
  const application = options.app ?? defaultApplication()
  // Whatever can be wrong with the options comes before the port is taken: a throw after that would leave it taken.
  const customer = autoLogin === null ? null : knownCustomer(autoLogin)
  const folder = folderOf(options.pages)
  const server = createServer()
  const { port: openPort, close } = await listen(server, port, host)
  const place: Place = { hostname: reachable(host), port: openPort }

  const { reverb, shop, handle } = compose({ application, place, level, customer, folder, onLog })
  server.on('request', answerWith(handle, { onError: (error) => onLog(`failed: ${error}`) }))
  server.on('upgrade', reverb.upgrade)
  return {
    url: `http://${formatPlace(place)}`,
    reverb: reverbSettings(application, place),
    shop: peopleOf(shop),
    sockets: reverb.sockets,
    close: () => {
      reverb.stop()
      return close()
    },
  }
}

interface Parts {
  readonly application: Application
  readonly place: Place
  readonly level: Level
  readonly customer: Customer | null
  readonly folder: string
  onLog(line: string): void
}

const compose = ({ application, place, level, customer, folder, onLog }: Parts) => {
  const reverb = startReverb({ application, onLog })
  const { publish: broadcast, sockets } = reverb
  const shop = createShop({ application, level, autoLogin: customer, place, broadcast, sockets })
  const pages = createPages({ folder, dress: shop.dress })
  return { reverb, shop, handle: firstOf([reverb.handle, shop.handle, pages]) }
}

const reverbSettings = ({ id, key, secret }: Application, { hostname, port }: Place): CartEchoServer['reverb'] => ({
  appId: id,
  key,
  secret,
  host: hostname,
  port,
  scheme: 'http',
})

const peopleOf = ({ removeFromAll, applyToAll, burst, publish, state }: Shop): CartEchoServer['shop'] => ({
  removeFromAll,
  applyToAll,
  burst,
  publish,
  state,
})

const defaultApplication = (): Application => ({
  id: '1001',
  key: 'cart-echo-key',
  // Not a fixed one: any page the developer has open could publish here, or listen, if it knew the secret.
  secret: randomBytes(16).toString('hex'),
})

const folderOf = (pages: string | URL = new URL('./demo/', import.meta.url)): string =>
  typeof pages === 'string' ? pages : fileURLToPath(pages)

/** A name that leads to a host one listens on: nobody can visit "every address". */
const reachable = (host: string): string => {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
