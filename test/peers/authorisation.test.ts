import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Echo from 'laravel-echo'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startFaultProxy } from '../../src/server/proxy/start-fault-proxy'
import { openShop, type Shop } from '../support/shop'
import { until } from '../support/until'
import { type Wires, watchWires } from '../support/wires'
import { breakIt, mend } from './support/break'
import { holdClientsClock } from './support/clients-clock'
import { CHANNEL, EVENT, forged, rawEcho, watch } from './support/raw-echo'

// What raw laravel-echo and pusher-js do when a channel is not authorised. What is said of files is of laravel-echo 2.5.0 and pusher-js 8.6.0.

let wires: Wires
let shop: Shop
let cookie: string

beforeEach(async () => {
  wires = watchWires()
  shop = await openShop()
  onTestFinished(() => shop.server.close())
  cookie = (await shop.logIn(1)).Cookie
})

/** Joins the channel and counts what comes of it. */
const join = (echo: Echo<'reverb'>) => {
  const outcome = { confirmed: 0, refused: [] as unknown[], heard: 0 }
  const channel = echo
    .private(CHANNEL)
    .subscribed(() => {
      outcome.confirmed += 1
    })
    .error((error: unknown) => outcome.refused.push(error))
    .listen(EVENT, () => {
      outcome.heard += 1
    })
  return { channel, outcome }
}

/** An endpoint whose answers lie in the test's hand. */
const endpoint = async () => {
  const waiting: ServerResponse[] = []
  const server = createServer((_request, response) => waiting.push(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => server.close().closeAllConnections())
  return { waiting, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/broadcasting/auth` }
}

/** Nothing is under way at this client any more: the server has answered something asked later. */
const settled = async (pusher: ReturnType<typeof rawEcho>['pusher'], waitUntil = until): Promise<void> => {
  let answered = false
  const hear = ({ event }: { event: string }) => {
    answered ||= event === 'pusher:pong'
  }
  pusher.connection.bind('message', hear)
  pusher.send_event('pusher:ping', {})
  await waitUntil('the server has answered a ping', () => answered)
  pusher.connection.unbind('message', hear)
}

describe('an authorisation that fails once', () => {
  it('leaves a dead subscription: 503 during a restart, and the channel stays deaf while the state says connected (core/channels/channel.ts subscribe; pusher-js#255, laravel/echo#478)', async () => {
    const { host, port } = shop.server.reverb
    const proxy = await startFaultProxy({ target: { host, port } })
    onTestFinished(() => proxy.close())
    const clock = holdClientsClock(wires)
    const { echo, pusher, asked } = rawEcho(shop.server, cookie, { port: proxy.port })
    const { outcome } = join(echo)
    await clock.until('it is subscribed', () => outcome.confirmed === 1)

    await breakIt(shop.server, 'answer', { on: 'auth', status: 503 })
    await proxy.set({ kind: 'cut', afterBytes: 0 }, 'open')()
    await clock.pass(1_050)
    await clock.until('the new authorisation failed', () => outcome.refused.length > 0)
    await mend(shop.server)

    expect(pusher.connection.state).toBe('connected')
    expect(echo.connectionStatus()).toBe('connected')
    shop.endPromotion()
    await settled(pusher, clock.until)
    expect(pusher.channel(`private-${CHANNEL}`).subscribed).toBe(false)
    expect([outcome.heard, outcome.confirmed, asked.length]).toEqual([0, 1, 2])
  })

  it('is not asked again by private(), only by subscribe() (core/pusher.ts:220-231, since pusher-js#500)', async () => {
    await breakIt(shop.server, 'answer', { on: 'auth', status: 503, times: 1 })
    const { echo, pusher, asked } = rawEcho(shop.server, cookie)
    const { channel, outcome } = join(echo)
    await until('it failed', () => outcome.refused.length > 0)
    echo.private(CHANNEL)
    await settled(pusher)
    expect(asked).toHaveLength(1)
    channel.subscribe()
    await until('it is subscribed', () => outcome.confirmed === 1)
    expect(asked).toHaveLength(2)
  })

  it('is told to the channel’s error callback with its status, by pusher-js’s own request (runtimes/isomorphic/auth/xhr_auth.ts)', async () => {
    await breakIt(shop.server, 'answer', { on: 'auth', status: 503 })
    const { echo } = rawEcho(shop.server, cookie, { ownRequest: true })
    const { outcome } = join(echo)
    await until('it failed', () => outcome.refused.length > 0)
    expect(outcome.refused).toEqual([expect.objectContaining({ type: 'AuthError', status: 503 })])
  })

  it('is an AuthError about JSON with status 200 when a log-in page answers (reverb#284, pusher-js#402)', async () => {
    await breakIt(shop.server, 'answer', {
      on: 'auth',
      status: 200,
      body: '<!doctype html><title>Log in</title>',
      headers: { 'Content-Type': 'text/html' },
    })
    const { echo } = rawEcho(shop.server, cookie, { ownRequest: true })
    const { outcome } = join(echo)
    await until('it failed', () => outcome.refused.length > 0)
    expect(outcome.refused).toEqual([
      expect.objectContaining({ type: 'AuthError', status: 200, error: expect.stringContaining('JSON') }),
    ])
  })
})

describe('an authorisation that is never answered', () => {
  it('stays pending for ever: there is no time-out, and subscribe() does nothing (xhr_auth.ts:22-35, core/pusher.ts:220-231)', async () => {
    const { waiting, url } = await endpoint()
    const { echo, pusher } = rawEcho(shop.server, cookie, { ownRequest: true, authEndpoint: url })
    const { channel, outcome } = join(echo)
    await until('it was asked', () => waiting.length === 1)
    channel.subscribe()
    pusher.subscribe(`private-${CHANNEL}`)
    await settled(pusher)
    expect(pusher.channel(`private-${CHANNEL}`)).toMatchObject({ subscribed: false, subscriptionPending: true })
    expect(outcome).toEqual({ confirmed: 0, refused: [], heard: 0 })
    expect(waiting).toHaveLength(1)
  })
})

describe('a signature that Reverb refuses', () => {
  it('is a connection error 4009 without a channel; the subscription is pending for ever, and subscribe() does nothing (core/pusher.ts:220-231)', async () => {
    const { echo, pusher, asked } = rawEcho(shop.server, cookie, { authorise: forged(shop.server) })
    const { errors, states } = watch({ echo, pusher })
    const { channel, outcome } = join(echo)
    await until('4009 came', () => errors.length > 0)
    expect(errors).toEqual([{ type: 'PusherError', code: 4009 }])

    channel.subscribe()
    pusher.subscribe(`private-${CHANNEL}`)
    echo.private(CHANNEL)
    await settled(pusher)
    expect(asked).toHaveLength(1)
    expect(outcome).toEqual({ confirmed: 0, refused: [], heard: 0 })
    expect(pusher.channel(`private-${CHANNEL}`)).toMatchObject({ subscribed: false, subscriptionPending: true })
    expect(states.at(-1)).toBe('connected')
  })

  it('is not cured by leave() and private() either: the pending one is only reinstated (core/channels/channel.ts reinstateSubscription)', async () => {
    const { echo, pusher, asked } = rawEcho(shop.server, cookie, { authorise: forged(shop.server) })
    const { errors } = watch({ echo, pusher })
    join(echo)
    await until('4009 came', () => errors.length > 0)
    echo.leave(CHANNEL)
    join(echo)
    await settled(pusher)
    expect(asked).toHaveLength(1)
  })

  it('is cured by disconnecting the channel object first, which is internal', async () => {
    await breakIt(shop.server, 'reject-signatures', { times: 1 })
    const { echo, pusher } = rawEcho(shop.server, cookie)
    const { errors } = watch({ echo, pusher })
    const { channel, outcome } = join(echo)
    await until('4009 came', () => errors.length > 0)
    channel.subscription.disconnect()
    channel.subscribe()
    await until('it is subscribed', () => outcome.confirmed === 1)
    shop.endPromotion()
    await until('the change is heard', () => outcome.heard > 0)
  })
})
