import Echo from 'laravel-echo'
import Pusher from 'pusher-js'
import { onTestFinished } from 'vitest'
import type { AuthOptions } from '../../src/connections/authorise'
import { echo } from '../../src/connections/echo'
import { reverb } from '../../src/connections/reverb'
import { type CartEchoOptions, type CheckSettings, createCartEchoIn } from '../../src/create-cart-echo'
import { onChange } from '../../src/engine/cart-echo'
import type { Environment, PageSignal } from '../../src/engine/environment'
import type { CartEchoError } from '../../src/engine/errors'
import type { Connection } from '../../src/engine/state'
import { browserEnvironment } from '../../src/page/environment'
import type { CartEchoServer } from '../../src/server'
import { askAnew } from './ask-anew'
import { sendAsPage } from './web-socket'

/** How a page of this test listens. */
export interface ShopperPageOptions extends Partial<CartEchoOptions> {
  /**
   * `reverb`: a socket of our own. `page`: the page's own, as a shop would build it. `none`: the check alone.
   * @default 'reverb'
   */
  readonly socket?: 'reverb' | 'page' | 'none'
  /** Whether the page's own Echo is steered. @default false */
  readonly steer?: boolean
  /** False: no check is given. @default true */
  readonly hasCheck?: boolean
  /** How the check is asked, over the usual. @default as in a shop */
  readonly checking?: Partial<CheckSettings>
  /** What stands between the page and its check, such as a service worker. */
  readonly worker?: (network: typeof fetch) => typeof fetch
  /** Where the socket leads, if not to the server itself: a proxy. */
  readonly socketPort?: number
  /** Where the check and the cart are, if not at the server itself: a proxy. */
  readonly shopUrl?: string
  /** Options of the page's own Echo, over the usual ones. */
  readonly echoOptions?: object
  /** How `reverb` authorises, over the usual. */
  readonly authorising?: AuthOptions
  /** What chance gives, from 0 to 1. @default `Math.random` */
  readonly random?: () => number
  /** Of the test that stops the page when it is over. @default the one that runs */
  readonly onFinished?: typeof onTestFinished
}

/** One change as a listener heard it. */
export interface Heard {
  readonly key: string
  /** What the shop calls it: a log that was restored gives its places out again. */
  readonly id: string
  readonly via: 'socket' | 'check'
  /** By `Date.now()`. */
  readonly atMs: number
}

/** What a page has under way. */
export interface Left {
  readonly timers: number
  readonly listeners: number
  readonly requests: number
}

/** A shopper's page in Node: real laravel-echo and pusher-js where it has an Echo, real sockets and requests; what it shows, and all it said. */
export interface ShopperPage {
  readonly cart: ReturnType<typeof createCartEchoIn>
  /** Every change, in the order it was heard. */
  readonly heard: readonly Heard[]
  /** The total the shopper sees. */
  readonly shown: () => string | null
  /** Every total the shopper saw, and since when, by `Date.now()`. */
  readonly showings: readonly { readonly total: string | null; readonly atMs: number }[]
  readonly connection: () => Connection
  /** Every name and reason the connection had, in order. */
  readonly states: readonly string[]
  readonly errors: readonly CartEchoError[]
  /** When the page began to read the cart anew, each time, by `Date.now()`. */
  readonly refreshes: readonly number[]
  /** The page's own Echo; null where it has none. */
  readonly echo: Echo<'reverb'> | null
  /** Sends a frame by the page's socket, of whichever kind it is. */
  readonly send: (event: string, data: unknown, channel: string) => void
  /** The page goes through something: `hidden`, `visible`, `frozen` … */
  readonly signal: (signal: PageSignal) => void
  /** Sets the page's clock forward or back; timers, which go by another clock, are not moved. */
  readonly setClock: (byMs: number) => void
  /** Log-in and log-out as the browser's cookie jar sees them. */
  readonly setCookie: (cookie: string) => void
  /** What of cart-echo's is still under way: nothing, once it has stopped. */
  readonly left: () => Left
  /** How many answers are awaited, those of the page's own Echo among them. */
  readonly awaited: () => number
}

/** What the server rendered for a customer: the page's block. */
export interface PageBlock {
  readonly user: string | number
  readonly owner?: string
  readonly cursor?: string
  readonly enabled: boolean
}

/** Fetches the block of a page as the server renders it now. */
export const renderPage = async ({ url }: CartEchoServer, cookie: string): Promise<PageBlock> => {
  const html = await (await askAnew(`${url}/`, { headers: { Cookie: cookie } })).text()
  const json = /<script type="application\/json" data-cart-echo>(.*?)<\/script>/s.exec(html)?.[1]
  if (!json) throw new Error('The page has no block.')
  const { user, owner, cursor, enabled } = JSON.parse(json)
  return { user, owner, cursor, enabled }
}

/** The total of a customer's cart, as the server has it. */
export const totalOf = async ({ url }: CartEchoServer, cookie: string): Promise<string> =>
  (await readCart(askAnew, url, cookie)).total

/** Opens a page for whoever the cookie logs in, and starts it. Stops it with the test. */
export const openShopperPage = async (
  server: CartEchoServer,
  cookie: string,
  options: ShopperPageOptions = {},
): Promise<ShopperPage> => {
  const {
    socket = 'reverb',
    hasCheck = true,
    checking,
    steer,
    socketPort,
    shopUrl = server.url,
    random,
    ...more
  } = options
  const { echoOptions, authorising, worker = (network) => network, onFinished = onTestFinished, ...own } = more
  const jar = { Cookie: cookie }
  const { user, owner, cursor, enabled } = await renderPage(server, cookie)
  const [network, pageNetwork] = [countedFetch(), countedFetch()]
  const { environment, signal, setClock, left } = pageEnvironment(random)
  const errors: CartEchoError[] = []
  const heard: Heard[] = []
  const states: string[] = []
  const refreshes: number[] = []
  const showings: { total: string | null; atMs: number }[] = []
  const shown = (): string | null => showings.at(-1)?.total ?? null
  const show = (total: string | null): void => {
    if (total !== shown()) showings.push({ total, atMs: Date.now() })
  }
  show((await readCart(askAnew, server.url, cookie)).total)

  const { key, host: hostname, scheme, port } = server.reverb
  const host = { key, host: hostname, scheme, port: socketPort ?? port }
  const auth = { endpoint: `${server.url}/broadcasting/auth`, headers: () => ({ ...jar }), fetch: network.fetch }
  const check = {
    url: `${shopUrl}/api/cart/check-updates`,
    headers: () => ({ ...jar }),
    fetch: worker(network.fetch),
  }
  const pageOwn = socket === 'page' ? pageEcho(host, { ...auth, fetch: pageNetwork.fetch }, echoOptions) : null
  const ours = socket === 'reverb' ? reverb({ ...host, auth: { ...auth, ...authorising } }) : undefined
  const cart = createCartEchoIn(environment, {
    user,
    owner,
    cursor,
    enabled,
    connect: pageOwn ? echo(pageOwn, { steer }) : ours,
    ...(hasCheck ? { check: { ...check, ...checking } } : {}),
    target: null,
    onError: (error) => errors.push(error),
    ...own,
  })
  onChange(cart.connection, ({ name, reason }) => states.push(`${name}: ${reason}`))
  cart.on('cart.conditions.changed', ({ changes, cart_echo }, { key, via }) => {
    heard.push({ key, id: String(cart_echo?.id ?? key), via, atMs: Date.now() })
    show(changes.new_total ?? shown())
  })
  cart.onRefresh(
    async ({ signal }) => {
      refreshes.push(Date.now())
      const { total, cursor } = await readCart(network.fetch, shopUrl, jar.Cookie, signal)
      show(total)
      return cursor
    },
    { settleMs: 20, spreadMs: 50 },
  )
  cart.start()
  onFinished(() => cart.stop())
  return {
    cart,
    heard,
    errors,
    states,
    shown,
    showings,
    connection: cart.connection.get,
    refreshes,
    echo: pageOwn,
    send: (event, data, channel) => {
      if (pageOwn) pageOwn.connector.pusher.send_event(event, data, channel)
      else sendAsPage({ event, data, channel })
    },
    signal,
    setClock,
    setCookie: (cookie) => {
      jar.Cookie = cookie
    },
    left: () => ({ ...left(), requests: network.inFlight() }),
    awaited: () => network.inFlight() + pageNetwork.inFlight(),
  }
}

/** A `fetch` that knows how many of its requests wait for an answer, or for the rest of one. */
const countedFetch = () => {
  let inFlight = 0
  const count = async <Value>(wait: () => Promise<Value>): Promise<Value> => {
    inFlight += 1
    try {
      return await wait()
    } finally {
      inFlight -= 1
    }
  }
  const counted: typeof fetch = async (...given) => {
    const answer = await count(() => askAnew(...given))
    const [text, json] = [answer.text.bind(answer), answer.json.bind(answer)]
    return Object.assign(answer, { text: () => count(text), json: () => count(json) })
  }
  return { fetch: counted, inFlight: () => inFlight }
}

/** A page's environment whose visibility, life and clock are in the test's hand, and which knows what is still pending. */
const pageEnvironment = (random: () => number = Math.random) => {
  const browser = browserEnvironment()
  const listeners = new Set<(signal: PageSignal) => void>()
  const timers = new Set<symbol>()
  let isVisible = true
  let skewMs = 0
  const environment: Environment = {
    ...browser,
    hasPage: true,
    random,
    nowMs: () => browser.nowMs() + skewMs,
    isVisible: () => isVisible,
    schedule: (delayMs, run) => {
      const timer = Symbol('timer')
      timers.add(timer)
      const stop = browser.schedule(delayMs, () => {
        timers.delete(timer)
        run()
      })
      return () => {
        timers.delete(timer)
        stop()
      }
    },
    watchPage: (listener) => {
      // Once a call: the same function may watch twice.
      const mine = (signal: PageSignal) => listener(signal)
      listeners.add(mine)
      return () => listeners.delete(mine)
    },
  }
  const signal = (signal: PageSignal): void => {
    if (signal === 'visible' || signal === 'hidden') isVisible = signal === 'visible'
    for (const listener of [...listeners]) listener(signal)
  }
  const setClock = (byMs: number): void => {
    skewMs += byMs
  }
  return { environment, signal, setClock, left: () => ({ timers: timers.size, listeners: listeners.size }) }
}

/** An Echo as a page would build it for itself. Disconnects with the test. */
export const openPageEcho = (server: CartEchoServer, cookie: string): Echo<'reverb'> =>
  pageEcho(server.reverb, {
    endpoint: `${server.url}/broadcasting/auth`,
    headers: () => ({ Cookie: cookie }),
    fetch: askAnew,
  })

interface PageAuth {
  readonly endpoint: string
  readonly headers: () => { Cookie: string }
  readonly fetch: typeof fetch
}

const pageEcho = (
  { host, port, key }: { host: string; port: number; key: string },
  auth: PageAuth,
  more: object = {},
): Echo<'reverb'> => {
  const authorizer = ({ name }: { name: string }) => ({
    authorize: (socketId: string, done: (error: Error | null, data: { auth: string } | null) => void) => {
      const body = new URLSearchParams({ socket_id: socketId, channel_name: name })
      const headers = { ...auth.headers(), Accept: 'application/json' }
      auth.fetch(auth.endpoint, { method: 'POST', headers, body }).then(
        async (answer) => {
          const data = answer.ok ? await answer.json().catch(() => null) : null
          done(data ? null : new Error(`auth ${answer.status}`), data)
        },
        (error) => done(error, null),
      )
    },
  })
  const echo = new Echo<'reverb'>({
    broadcaster: 'reverb',
    Pusher,
    key,
    wsHost: host,
    wsPort: port,
    forceTLS: false,
    enabledTransports: ['ws'],
    withoutInterceptors: true,
    authorizer,
    ...more,
  })
  onTestFinished(() => echo.disconnect())
  return echo
}

const readCart = async (
  ask: typeof fetch,
  url: string,
  Cookie: string,
  signal?: AbortSignal,
): Promise<{ total: string; cursor: string | null }> => {
  const answer = await ask(`${url}/api/cart`, {
    headers: { Cookie, Accept: 'application/json' },
    signal: signal ?? null,
  })
  if (!answer.ok) throw new Error(`The cart answered ${answer.status}.`)
  const { cart, cursor } = (await answer.json()) as { cart: { total: string }; cursor: string | null }
  return { total: cart.total, cursor }
}
