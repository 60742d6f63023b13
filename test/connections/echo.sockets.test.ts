import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { configureEcho as configureReact, echo as echoOfReact } from '@laravel/echo-react'
import { configureEcho as configureVue, echo as echoOfVue } from '@laravel/echo-vue'
import Echo from 'laravel-echo'
import Echo1 from 'laravel-echo-1'
import OldestEcho from 'laravel-echo-1-16'
import Pusher from 'pusher-js'
import OldestPusher from 'pusher-js-7'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { PageEcho } from '../../src/connections/echo/shape'
import { echoTransport } from '../../src/connections/echo/transport'
import { reverb } from '../../src/connections/reverb'
import type { CartEcho } from '../../src/engine/cart-echo'
import { onChange } from '../../src/engine/cart-echo'
import { createClient } from '../../src/engine/client'
import { withPageClock } from '../../src/engine/clock'
import type { CartEchoError } from '../../src/engine/errors'
import { readListening } from '../../src/engine/events'
import type { Connector } from '../../src/engine/transport'
import { browserEnvironment } from '../../src/page/environment'
import { askAnew } from '../support/ask-anew'
import { type Clock, heldClock } from '../support/held-clock'
import { openShop, type Shop } from '../support/shop'
import '../support/web-socket'
import { watchWires } from '../support/wires'

// Real laravel-echo and pusher-js, and our own socket, on real sockets, against the stand-in for Reverb. What they wait for by their own timers takes no time.

let shop: Shop
let clock: Clock
const undo: (() => void)[] = []

beforeEach(async () => {
  const wires = watchWires()
  shop = await openShop()
  clock = heldClock(wires)
  onTestFinished(clock.release)
})

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) step()
  await shop.server.close()
})

/** What a page would know: each change's total, and every error. */
const listen = (echo: PageEcho, user = '1') => listenBy(connectorOf(echo), user)

const connectorOf = (echo: PageEcho): Pick<Connector, 'transport'> => ({
  transport: (options) => echoTransport({ ...options, echo }),
})

const listenBy = ({ transport }: Pick<Connector, 'transport'>, user = '1') => {
  const totals: (string | null | undefined)[] = []
  const errors: CartEchoError[] = []
  const listening = readListening()
  const environment = withPageClock({ ...browserEnvironment(), hasPage: true })
  const cart: CartEcho = createClient({
    environment,
    listening,
    transport: (id) =>
      transport({ environment, channel: `App.Models.User.${id}`, events: [...listening.events.keys()] }),
    onError: (error) => errors.push(error),
    identity: { user },
  })
  cart.on('cart.conditions.changed', ({ changes }) => totals.push(changes.new_total))
  const states: string[] = []
  onChange(cart.connection, ({ name, reason }) => states.push(`${name}: ${reason}`))
  undo.push(cart.start())
  return { cart, totals, errors, states, state: () => states.at(-1) }
}

/** Authorises with headers that may change. */
const authorizerWith =
  (headers: Record<string, string>) =>
  ({ name }: { name: string }) => ({
    authorize: (socketId: string, done: (error: Error | null, data: { auth: string } | null) => void) => {
      const body = new URLSearchParams({ socket_id: socketId, channel_name: name })
      askAnew(`${shop.server.url}/broadcasting/auth`, { method: 'POST', headers, body }).then(
        async (answer) =>
          answer.ok ? done(null, await answer.json()) : done(new Error(`auth ${answer.status}`), null),
        (error) => done(error, null),
      )
    },
  })

/** Options for an Echo in Node, where pusher-js's own request cannot carry a cookie. */
const options = async (customer: string | number = 1) => {
  const { host, port, key } = shop.server.reverb
  const headers = { ...(await shop.logIn(customer)), Accept: 'application/json' }
  return {
    broadcaster: 'reverb' as const,
    key,
    wsHost: host,
    wsPort: port,
    forceTLS: false,
    enabledTransports: ['ws' as const],
    authorizer: authorizerWith(headers),
    withoutInterceptors: true,
    Pusher,
  }
}

const pageEcho = async (customer: string | number = 1, more: object = {}): Promise<Echo<'reverb'>> =>
  echoOf({ ...(await options(customer)), ...more })

/** An Echo that asks by pusher-js's own request, which in Node carries no cookie. */
const strangersEcho = async (authEndpoint: string): Promise<Echo<'reverb'>> => {
  const { authorizer: _, ...rest } = await options()
  return echoOf({ ...rest, authEndpoint })
}

const echoOf = (settings: object): Echo<'reverb'> => {
  const echo = new Echo<'reverb'>({ broadcaster: 'reverb', ...settings })
  undo.push(() => echo.disconnect())
  return echo
}

/** An authorisation endpoint that always says the same. */
const answering = async (status: number, type: string, body: string): Promise<string> => {
  const server = createServer((_request, response) => response.writeHead(status, { 'Content-Type': type }).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/broadcasting/auth`
}

describe('on real sockets, a change reaches the page exactly once', () => {
  it('through the page’s own laravel-echo 2', async () => {
    const page = listen(await pageEcho())
    await clock.until('it is live', () => page.state() === 'live: subscribed')
    expect(shop.endPromotion()).toBe(5)
    await clock.until('the change is heard', () => page.totals.length > 0)
    expect(page.totals).toEqual(['RM120.00'])
    expect(page.errors).toEqual([])
  })

  it.each([
    ['laravel-echo 1.19 and pusher-js 8', Echo1, Pusher],
    ['laravel-echo 1.16, and pusher-js 7.6, which is older than what we ask for', OldestEcho, OldestPusher],
  ])('through %s', async (_name, AnEcho, APusher) => {
    const { Pusher: _, ...settings } = await options()
    const echo = new AnEcho({ broadcaster: 'reverb', client: new APusher(settings.key, { ...settings, cluster: '' }) })
    undo.push(() => echo.disconnect())
    const page = listen(echo)
    await clock.until('it is live', () => page.state() === 'live: subscribed')
    shop.endPromotion()
    await clock.until('the change is heard', () => page.totals.length > 0)
    expect(page.totals).toEqual(['RM120.00'])
  })

  it.each([
    ['echo-react', configureReact, echoOfReact],
    ['echo-vue', configureVue, echoOfVue],
  ] as const)('through the echo() of %s, configured later', async (_name, configure, echo) => {
    const page = listen(() => echo() as Echo<'reverb'>)
    expect(page.state()).toBe('connecting: finding-echo')
    configure(await options())
    undo.push(() => echo().disconnect())
    await clock.until('it is live', () => page.state() === 'live: subscribed')
    shop.endPromotion()
    await clock.until('the change is heard', () => page.totals.length > 0)
    expect(page.totals).toEqual(['RM120.00'])
  })

  it('through reverb(), which is ours to close', async () => {
    const { host, port, key, scheme } = shop.server.reverb
    const headers = await shop.logIn(1)
    const auth = { endpoint: `${shop.server.url}/broadcasting/auth`, headers: async () => headers }
    const page = listenBy(reverb({ key, host, port, scheme, auth }))
    await clock.until('it is live', () => page.state() === 'live: subscribed')
    shop.endPromotion()
    await clock.until('the change is heard', () => page.totals.length > 0)
    expect(page.totals).toEqual(['RM120.00'])
    page.cart.stop()
    await clock.until('the socket is closed', () => shop.server.sockets() === 0)
  })

  it('joins a channel that was subscribed before it came', async () => {
    const echo = await pageEcho()
    let ready = false
    echo.private('App.Models.User.1').subscribed(() => {
      ready = true
    })
    await clock.until('the page itself is subscribed', () => ready)
    const page = listen(echo)
    expect(page.state()).toBe('live: subscribed')
    shop.endPromotion()
    await clock.until('the change is heard', () => page.totals.length > 0)
  })
})

describe('as a guest on the page’s channel', () => {
  it('takes away its own callback only, and never leaves', async () => {
    const echo = await pageEcho()
    let others = 0
    echo.private('App.Models.User.1').listen('.cart.conditions.changed', () => {
      others += 1
    })
    const page = listen(echo)
    await clock.until('it is live', () => page.state() === 'live: subscribed')
    page.cart.stop()
    shop.endPromotion()
    // One for each of this customer's two carts.
    await clock.until('the page’s own listener heard', () => others === 2)
    expect(page.totals).toEqual([])
  })

  it.each([
    ['left the channel', (echo: Echo<'reverb'>) => echo.leave('App.Models.User.1')],
    [
      'unsubscribed behind Echo’s back',
      (echo: Echo<'reverb'>) => echo.connector.pusher.unsubscribe('private-App.Models.User.1'),
    ],
  ])('comes back when somebody else %s, and hears each change once', async (_what, steal) => {
    const echo = await pageEcho()
    const page = listen(echo)
    await clock.until('it is live', () => page.state() === 'live: subscribed')
    page.states.length = 0
    steal(echo)
    await clock.until('it is live again', () => page.state() === 'live: subscribed')
    expect(page.states).toEqual(['connecting: subscribing', 'live: subscribed'])
    shop.endPromotion()
    await clock.until('the change is heard', () => page.totals.length > 0)
    expect(page.totals).toEqual(['RM120.00'])
  })

  it('is live again after Reverb was restarted', async () => {
    const { port, appId, key, secret } = shop.server.reverb
    const page = listen(await pageEcho(1, { activityTimeout: 1_000, pongTimeout: 1_000 }))
    await clock.until('it is live', () => page.state() === 'live: subscribed')
    await shop.server.close()
    shop = await openShop({ port, app: { id: appId, key, secret } })
    await clock.until('it lost the socket', () => page.state() !== 'live: subscribed')
    // The sessions of the stand-in died with it, so the authorisation is refused: proof that it was asked anew.
    await clock.until('it asked for a new authorisation', () => page.state() === 'refused: not-authorised')
  })
})

describe('with pusher-js before 8.2, which gives up on WebSocket after two abrupt ends', () => {
  it('a page with an Echo of its own says so, and is live by the next one that the page makes', async () => {
    const { Pusher: _, ...settings } = await options()
    const make = () => {
      const client = new OldestPusher(settings.key, { ...settings, cluster: '' })
      const echo = new Echo({ broadcaster: 'reverb', client: client as never })
      undo.push(() => echo.disconnect())
      return echo
    }
    let echo = make()
    const page = listen(() => echo as never)
    for (let time = 0; time < 2; time += 1) {
      await clock.until('it is live', () => page.state() === 'live: subscribed')
      shop.server.faults.start({ kind: 'kill' })
      await clock.until('it lost the socket', () => page.state() !== 'live: subscribed')
    }
    await clock.until('it says so', () => page.errors.length > 0)
    expect(page.errors.map(({ code }) => code)).toEqual(['no-web-socket'])
    expect(page.errors[0]?.message).toContain('8.2')
    expect(page.state()).toBe('waiting: socket-lost')
    echo = make()
    await clock.until('it is live', () => page.state() === 'live: subscribed')
    shop.endPromotion()
    await clock.until('the change is heard', () => page.totals.length > 0)
    expect(page.totals).toEqual(['RM120.00'])
  })
})

describe('a subscription that does not come about is told with its reason', () => {
  it.each(['a handler of the page’s own', 'pusher-js’s own request'])(
    '403 by %s: the channel is not ours',
    async (by) => {
      const own = by.startsWith('pusher')
      const page = listen(own ? await strangersEcho(`${shop.server.url}/broadcasting/auth`) : await pageEcho(2))
      await clock.until('it is refused', () => page.state() === 'refused: not-authorised')
      expect(page.errors.map(({ code, status }) => [code, status])).toEqual([['not-authorised', 403]])
    },
  )

  it.each([
    [419, 'application/json', '{"message":"CSRF token mismatch."}', 'refused: page-expired'],
    [404, 'application/json', '{"message":"Not Found"}', 'refused: misconfigured'],
    [500, 'application/json', '{"message":"Server Error"}', 'waiting: authorisation-failed'],
    [503, 'text/html', '<!doctype html><title>Be right back</title>', 'waiting: authorisation-failed'],
    [200, 'text/html', '<!doctype html><title>Log in</title>', 'waiting: blocked'],
  ])('%i %s', async (status, type, body, expected) => {
    const endpoint = await answering(status, type, body)
    const page = listen(await strangersEcho(endpoint))
    await clock.until('it says so', () => page.state() === expected)
    expect(page.errors.map((error) => error.status)).toEqual([status])

    const { host, port, key, scheme } = shop.server.reverb
    const own = listenBy(reverb({ key, host, port, scheme, auth: { endpoint } }))
    await clock.until('it says so through reverb() too', () => own.state() === expected)
    expect(own.errors.map((error) => error.status)).toEqual([status])
  })

  it.each([
    [401, 'text/html; charset=utf-8'],
    [403, 'text/html; charset=utf-8'],
    [403, 'text/plain'],
    [404, 'text/html'],
    [419, 'text/html'],
  ])('%i in %s is none of the shop’s: reverb() asks again', async (status, type) => {
    const endpoint = await answering(status, type, 'Checking your browser')
    const { host, port, key, scheme } = shop.server.reverb
    const page = listenBy(reverb({ key, host, port, scheme, auth: { endpoint } }))
    await clock.until('it says so', () => page.state() === 'waiting: blocked')
    expect(page.errors.map((error) => [error.code, error.status])).toEqual([['blocked', status]])
    expect(page.cart.nextTryAtMs()).toEqual(expect.any(Number))
  })

  it.each(['start', 'identify'] as const)('until the log-in is repaired and %s() tries anew', async (how) => {
    const headers = { Cookie: '', Accept: 'application/json' }
    const page = listen(await pageEcho(1, { authorizer: authorizerWith(headers) }))
    await clock.until('it is refused', () => page.state() === 'refused: not-authorised')
    Object.assign(headers, await shop.logIn(1))
    if (how === 'start') page.cart.start()
    else page.cart.identify({ user: '1' })
    await clock.until('it is live', () => page.state() === 'live: subscribed')
    shop.endPromotion()
    await clock.until('the change is heard', () => page.totals.length > 0)
    expect(page.totals).toEqual(['RM120.00'])
  })

  it('403 through reverb()', async () => {
    const { host, port, key, scheme } = shop.server.reverb
    const auth = { endpoint: `${shop.server.url}/broadcasting/auth` }
    const page = listenBy(reverb({ key, host, port, scheme, auth }))
    await clock.until('it is refused', () => page.state() === 'refused: not-authorised')
    expect(page.errors[0]?.status).toBe(403)
  })

  it('4001: Reverb does not know the key', async () => {
    const page = listen(await pageEcho(1, { key: 'no-such-key' }))
    await clock.until('it is refused', () => page.state() === 'refused: unknown-app')
    await clock.until('pusher-js gave up', () => page.errors.length > 0)
    expect(page.state()).toBe('refused: unknown-app')
  })

  it.each([
    ['4004: Reverb is over its quota', { maxConnections: 0 }, 'refused: over-capacity'],
    [
      '4009 at the handshake: the origin is not allowed',
      { allowedOrigins: ['shop.example.test'] },
      'refused: origin-refused',
    ],
  ])('%s', async (_what, settings, expected) => {
    await shop.server.close()
    shop = await openShop({ app: { id: '1', key: 'k', secret: 's', ...settings } })
    const page = listen(await pageEcho())
    await clock.until('it is refused', () => page.state() === expected)
    await clock.until('pusher-js gave up', () => page.errors.length === 1)
    expect(page.state()).toBe(expected)
  })

  it('4009 without a channel name: the signature is wrong', async () => {
    const authorizer = () => ({
      authorize: (_socketId: string, done: (error: Error | null, data: { auth: string } | null) => void) =>
        done(null, { auth: `${shop.server.reverb.key}:${'0'.repeat(64)}` }),
    })
    const page = listen(await pageEcho(1, { authorizer }))
    await clock.until('it waits', () => page.state() === 'waiting: signature-refused')
  })

  it('an authorisation endpoint that does not answer', async () => {
    const page = listen(await strangersEcho('http://127.0.0.1:9/broadcasting/auth'))
    await clock.until('it waits', () => page.state() === 'waiting: authorisation-failed')
    expect(page.errors[0]?.status).toBe(0)
  })
})
