import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type FaultProxy, startFaultProxy } from '../../src/server/proxy/start-fault-proxy'
import { openShop, type Shop } from '../support/shop'
import { type Wires, watchWires } from '../support/wires'
import { holdClientsClock } from './support/clients-clock'
import { CHANNEL, EVENT, rawEcho, watch } from './support/raw-echo'

// What raw laravel-echo and pusher-js do when the stand-in goes away and comes back. The files named are those of
// What is said of files is of pusher-js 8.6.0 `src/`, laravel-echo 2.5.0 `src/`.

let wires: Wires
let shop: Shop
let cookie: string
let proxy: FaultProxy

beforeEach(async () => {
  wires = watchWires()
  shop = await openShop()
  const { host, port } = shop.server.reverb
  proxy = await startFaultProxy({ target: { host, port } })
  onTestFinished(async () => {
    await proxy.close()
    await shop.server.close()
  })
  cookie = (await shop.logIn(1)).Cookie
})

/** Ends every socket without a close frame and lets nobody in, as a Reverb that is stopped. Gives what starts it again. */
const stopReverb = (): (() => Promise<void>) => {
  const start = proxy.set({ kind: 'refuse' })
  proxy.set({ kind: 'cut', afterBytes: 0 }, 'open')
  return start
}

/** A client that is subscribed, and its clock. */
const subscribed = async ({ port } = { port: proxy.port }) => {
  const clock = holdClientsClock(wires)
  const client = rawEcho(shop.server, cookie, { port })
  const told = watch(client)
  let [confirmed, hasNoticed] = [0, false]
  // That its socket is gone: only for the wait that follows is there an event; the state says nothing.
  client.pusher.connection.bind('connecting_in', () => {
    hasNoticed = true
  })
  const heard: unknown[] = []
  client.echo
    .private(CHANNEL)
    .listen(EVENT, (payload: unknown) => heard.push(payload))
    .subscribed(() => {
      confirmed += 1
    })
  await clock.until('it is subscribed', () => confirmed === 1)
  const state = () => client.pusher.connection.state
  return { ...client, ...told, clock, heard, state, confirmed: () => confirmed, hasNoticed: () => hasNoticed }
}

/** Reverb stops, and the client has noticed that its socket is gone. */
const lost = async () => {
  const client = await subscribed()
  const start = stopReverb()
  await client.clock.until('pusher-js has noticed', client.hasNoticed)
  for (const told of [client.states, client.statuses]) told.length = 0
  return { ...client, start }
}

describe('after a drop', () => {
  it('the state stays `connected` for a second, and the channel `subscribed` (core/connection/connection_manager.ts:283-288)', async () => {
    const { clock, state, echo, states, pusher } = await lost()
    await clock.pass(950)
    expect(state()).toBe('connected')
    expect(echo.connectionStatus()).toBe('connected')
    expect(pusher.channel(`private-${CHANNEL}`).subscribed).toBe(true)
    expect(shop.server.sockets()).toBe(0)
    await clock.pass(100)
    expect(states.at(-1)).toBe('connecting')
  })

  it('the first retry comes after a second: who is back by then is subscribed at once, with a new authorisation', async () => {
    const { clock, start, confirmed, asked } = await lost()
    await clock.pass(900)
    await start()
    await clock.pass(150)
    await clock.until('it is subscribed again', () => confirmed() === 2)
    expect(asked).toHaveLength(2)
    expect(new Set(asked).size).toBe(2)
  })

  it('a first retry that is refused is waited out for 15 s, though Reverb is back after 2 (core/strategies/sequential_strategy.ts:106-110, runtimes/isomorphic/default_strategy.ts timeouts; pusher-js#836)', async () => {
    const { clock, start, state, confirmed } = await lost()
    const attempts = () => proxy.connections().length
    await clock.pass(2_000)
    await start()
    expect(attempts()).toBe(1)
    await clock.pass(13_900)
    // 15.9 s after the drop: Reverb has been there for 13.9 of them, and nobody has knocked.
    expect([state(), attempts()]).toEqual(['unavailable', 1])
    await clock.pass(200)
    await clock.until('it is subscribed again', () => confirmed() === 2)
    expect(attempts()).toBe(2)
  })

  it.each(['everything', 'sockets'] as const)(
    'the same after the stand-in’s own restart of %s, as recorded of a real Reverb: down 4 s, 14 s of silence more (reverb/reconnect.txt)',
    async (what) => {
      const { clock, state, confirmed, hasNoticed } = await subscribed({ port: shop.server.reverb.port })
      void shop.server.restart({ downMs: 4_000, what })
      await clock.until('pusher-js has noticed', hasNoticed)
      await clock.pass(15_800)
      expect([state(), confirmed()]).toEqual(['unavailable', 1])
      await clock.pass(400)
      await clock.until('it is subscribed again', () => confirmed() === 2)
    },
  )

  it('the slots grow: 15 s, then 30 s, then 60 s (core/strategies/sequential_strategy.ts, timeoutLimit)', async () => {
    const { clock, start, confirmed } = await lost()
    await clock.pass(17_000)
    // The second retry, at 16 s, was refused too. The third is at 46 s.
    await start()
    await clock.pass(28_800)
    expect(proxy.connections()).toHaveLength(1)
    await clock.pass(400)
    await clock.until('it is subscribed again', () => confirmed() === 2)
  })

  it('all clients come back in step, without jitter (core/connection/connection_manager.ts:286)', async () => {
    const clock = holdClientsClock(wires)
    const clients = Array.from({ length: 10 }, () => rawEcho(shop.server, cookie, { port: proxy.port }))
    const isConnected = ({ pusher }: (typeof clients)[number]) => pusher.connection.state === 'connected'
    await clock.until('all are connected', () => clients.every(isConnected))
    let noticed = 0
    for (const { pusher } of clients) {
      pusher.connection.bind('connecting_in', () => {
        noticed += 1
      })
    }
    const start = stopReverb()
    await clock.until('all have noticed', () => noticed === clients.length)
    await start()
    await clock.pass(900)
    expect(shop.server.sockets()).toBe(0)
    await clock.pass(150)
    await clock.until('all are back', () => shop.server.sockets() === clients.length)
  })

  it('Echo says `failed` after 11 s and goes on retrying (connector/pusher-connector.ts:194-207; echo-react’s README says it does not)', async () => {
    const { clock, start, echo, statuses, confirmed } = await lost()
    await clock.pass(11_100)
    expect(echo.connectionStatus()).toBe('failed')
    expect(statuses).toEqual(['connecting', 'failed'])
    await start()
    await clock.pass(5_000)
    await clock.until('it is subscribed again', () => confirmed() === 2)
    expect(echo.connectionStatus()).toBe('connected')
  })

  it('Echo tells `connected` twice (connector/pusher-connector.ts:219-223)', async () => {
    const { clock, start, statuses, confirmed } = await lost()
    await start()
    await clock.pass(1_050)
    await clock.until('it is subscribed again', () => confirmed() === 2)
    expect(statuses.filter((status) => status === 'connected')).toHaveLength(2)
  })

  it('nothing is replayed: what was published meanwhile is lost', async () => {
    const { clock, start, heard, confirmed } = await lost()
    expect(shop.endPromotion()).toBe(5)
    await start()
    await clock.pass(1_050)
    await clock.until('it is subscribed again', () => confirmed() === 2)
    shop.server.shop.applyToAll('raya-sale')
    await clock.until('the next change is heard', () => heard.length > 0)
    // The first it hears is the second that happened.
    expect(heard[0]).toMatchObject({ changes: { conditions: [{ action: 'added' }] } })
  })
})

describe('a socket that died in silence', () => {
  it('counts as connected for the server’s 30 s and pusher-js’s own 30 s (core/defaults.ts:48-50, connection_manager.ts:297-301)', async () => {
    const { clock, state, states, heard } = await subscribed()
    proxy.set({ kind: 'half-open' }, 'open')
    shop.endPromotion()
    await clock.pass(59_800)
    expect([state(), states, heard]).toEqual(['connected', ['connected'], []])
    await clock.pass(400)
    // Connections from then on are free of the fault.
    expect(states).toEqual(['connected', 'connecting', 'connected'])
  })

  it('is found out in two seconds by an Echo that was told to ask', async () => {
    const clock = holdClientsClock(wires)
    const { pusher } = rawEcho(shop.server, cookie, { port: proxy.port, activityTimeout: 1_000, pongTimeout: 1_000 })
    await clock.until('it is connected', () => pusher.connection.state === 'connected')
    proxy.set({ kind: 'half-open' }, 'open')
    await clock.pass(2_100)
    await clock.until('it connects anew', () => proxy.connections().length === 2)
  })
})
