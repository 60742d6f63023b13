import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { CartEchoServer, ShopPeople } from './cart-echo-server'
import { compose } from './compose'
import { CartEchoServerError } from './errors'
import { answerWith } from './http/answer'
import { formatPlace, type Place } from './http/host'
import { areHeaders, HEADERS_TAKE } from './http/reply'
import { type Listening, listen } from './listen'
import { type Application, MAX_REQUEST_BYTES } from './reverb/application'
import { CHECK_POLICY, changedPolicy } from './shop/check'
import { SWEEP_OUTBOX_EVERY_MS } from './shop/outbox'
import { KEPT_ENTRIES } from './shop/owner-log'
import { knownCustomer } from './shop/sessions'
import type { Shop } from './shop/shop'
import { readStartOptions, type StartServerOptions } from './start-options'

/**
 * Starts a stand-in for Laravel Reverb and a cart shop, on one port of this machine. For development and tests only.
 * @throws {CartEchoServerError} `bad-options`, `port-taken`, `port-not-allowed`, `host-not-here`, `cannot-listen`, `unknown-customer`, `bad-headers`
 */
export const startServer = async (given: StartServerOptions = {}): Promise<CartEchoServer> => {
  const options = readStartOptions(given)
  const { port = 0, host = '127.0.0.1', onLog = () => {} } = options
  // Whatever can be wrong with the options comes before the port is taken: a throw after that would leave it taken.
  const settings = settingsOf(options)
  const server = createServer()
  const listening = await listen(server, port, host)
  const place: Place = { hostname: reachable(host), port: listening.port }
  const house = compose({ ...settings, listening, place, onLog })
  serve(server, house, onLog)
  return {
    url: `http://${formatPlace(place)}`,
    reverb: reverbSettings(settings.applications[0], place),
    shop: peopleOf(house.shop),
    faults: { start: house.faults.start, list: house.faults.list, clear: house.faults.clear },
    sockets: () => house.reverb.current().sockets(),
    seen: house.counter.seen,
    restart: async (how = {}) => {
      await house.faults.start({ kind: 'restart', ...how }).ended
      await house.port.whenOpen()
    },
    close: () => closed(house, listening),
  }
}

type House = ReturnType<typeof compose>

const settingsOf = (options: StartServerOptions) => {
  const { autoLogin = null, app = defaultApplication(), apps = [] } = options
  const applications: readonly [Application, ...Application[]] = [app, ...apps]
  return {
    applications,
    maxRequestSize: options.maxRequestSize ?? MAX_REQUEST_BYTES,
    level: options.level ?? 'log',
    channelRule: options.channelRule ?? 'exact',
    autoLogin: autoLogin === null ? null : knownCustomer(autoLogin),
    keptEntries: options.keepEntries ?? KEPT_ENTRIES,
    sweepEveryMs: options.sweepMs ?? SWEEP_OUTBOX_EVERY_MS,
    allowedOrigins: options.allowedOrigins ?? [],
    policy: changedPolicy(CHECK_POLICY, options.policy ?? {}),
    folder: folderOf(options.pages),
    pageHeaders: headersOf(options.pageHeaders),
  }
}

const headersOf = (headers: StartServerOptions['pageHeaders'] = {}): Readonly<Record<string, string>> => {
  if (areHeaders(headers)) return headers
  throw new CartEchoServerError('bad-headers', `"pageHeaders" takes ${HEADERS_TAKE}.`)
}

const serve = (
  server: Server,
  { handle, disturbances, counter, port, reverb }: House,
  onLog: (line: string) => void,
) => {
  const onError = (error: unknown): void => onLog(`failed: ${error}`)
  server.on('request', answerWith(handle, { onError, now: disturbances.now, isLast: port.isClosed }))
  server.on('upgrade', (request, socket, head) => {
    counter.upgrade()
    if (disturbances.upgrades()) reverb.current().upgrade(request, socket, head)
    else socket.destroy()
  })
}

const closed = ({ faults, shop, reverb }: House, { close }: Listening): Promise<void> => {
  // First, so that no fault that is lifted opens the port again.
  const end = close()
  faults.stop()
  shop.stop()
  reverb.current().stop()
  return end
}

const reverbSettings = ({ id, key, secret }: Application, { hostname, port }: Place): CartEchoServer['reverb'] => ({
  appId: id,
  key,
  secret,
  host: hostname,
  port,
  scheme: 'http',
})

const peopleOf = (shop: Shop): ShopPeople => ({
  removeFromAll: shop.removeFromAll,
  applyToAll: shop.applyToAll,
  burst: shop.burst,
  publish: shop.publish,
  broadcast: shop.broadcast,
  state: shop.state,
  sweep: shop.sweep,
  prune: shop.prune,
  newEpoch: shop.newEpoch,
  backup: shop.backup,
  restore: shop.restore,
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
