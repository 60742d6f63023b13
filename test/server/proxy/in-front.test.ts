import { describe, expect, it, onTestFinished } from 'vitest'
import { startFaultProxy } from '../../../src/server/proxy/start-fault-proxy'
import { until } from '../../support/until'
import { serve } from '../support/serve'
import { openSocket, settled, subscribeFrame } from '../support/socket'

const CHANNEL = 'private-App.Models.User.1'

/** The stand-in, and a proxy in front of it. */
const open = async () => {
  const server = await serve()
  const { host, port } = server.reverb
  const proxy = await startFaultProxy({ target: { host, port } })
  onTestFinished(() => proxy.close())
  return { server, proxy, url: proxy.url }
}

/** A client on the channel, through the proxy. */
const subscribed = async (url: string) => {
  const client = openSocket({ url })
  const { data } = JSON.parse(await client.next())
  await client.ask(subscribeFrame(JSON.parse(data).socket_id, CHANNEL))
  return client
}

const session = async (url: string): Promise<unknown> =>
  (await fetch(`${url}/session`, { headers: { Accept: 'application/json', Connection: 'close' } })).json()

describe('in front of the stand-in', () => {
  it('HTTP and WebSocket pass, and so do the pages, which then lead to the proxy', async () => {
    const { server, url } = await open()
    expect(await session(url)).toMatchObject({ user: null })
    const client = await subscribed(url)
    server.shop.removeFromAll('raya-sale')
    expect(JSON.parse(await client.next())).toMatchObject({ event: 'cart.conditions.changed', channel: CHANNEL })
    const page = await fetch(`${url}/cart`)
    expect(page.headers.get('content-security-policy')).toContain(`connect-src 'self' ws://${url.slice(7)}`)
  })

  it('half-open: the socket stays and hears nothing; the server believes it was heard', async () => {
    const { server, proxy, url } = await open()
    const client = await subscribed(url)
    const lift = proxy.set({ kind: 'half-open' })
    server.shop.removeFromAll('raya-sale')
    client.say({ event: 'pusher:ping', data: {} })
    expect(server.sockets()).toBe(1)
    expect(client.heard).toEqual([])
    await lift()
    expect(JSON.parse(await client.next())).toMatchObject({ event: 'cart.conditions.changed' })
  })

  it('hang: a socket opens its TCP connection and is never upgraded', async () => {
    const { server, proxy, url } = await open()
    const lift = proxy.set({ kind: 'hang' })
    const client = openSocket({ url })
    await until('the proxy has it', () => proxy.connections().length === 1)
    expect(server.sockets()).toBe(0)
    await lift()
    expect(JSON.parse(await client.next())).toMatchObject({ event: 'pusher:connection_established' })
  })

  it('reset: 1006 for the client, and the server knows too', async () => {
    const { server, proxy, url } = await open()
    const client = await subscribed(url)
    await proxy.set({ kind: 'reset' }, 'open')()
    expect((await client.ended).code).toBe(1006)
    await until('the server knows', () => server.sockets() === 0)
  })

  it('cut inside a frame: the frame is never heard', async () => {
    const { server, proxy, url } = await open()
    const client = await subscribed(url)
    proxy.set({ kind: 'cut', afterBytes: 40, direction: 'down' }, 'open')
    server.shop.removeFromAll('raya-sale')
    expect((await client.ended).code).toBe(1006)
    expect(client.heard).toEqual([])
  })

  it('truncate: an answer shorter than it says makes the request fail', async () => {
    const { proxy, url } = await open()
    proxy.set({ kind: 'truncate', afterBytes: 60, direction: 'down' }, 'new')
    await expect(session(url)).rejects.toThrow()
  })

  it('buffer: the greeting sticks in a buffering proxy until enough has gathered', async () => {
    const { proxy, url } = await open()
    const lift = proxy.set({ kind: 'buffer', untilBytes: 4_096, direction: 'down' })
    const client = openSocket({ url })
    await until('the request has gone up', () => (proxy.connections().at(-1)?.passed.up ?? 0) > 0)
    expect(client.heard).toEqual([])
    await lift()
    await client.next()
    await settled(client)
  })

  it('refuse: neither HTTP nor sockets are let in, and the same port is back afterwards', async () => {
    const { proxy, url } = await open()
    const lift = proxy.set({ kind: 'refuse' })
    await expect(session(url)).rejects.toThrow('fetch failed')
    expect((await openSocket({ url }).ended).code).toBe(1006)
    await lift()
    expect(await session(url)).toMatchObject({ user: null })
  })
})
