import { describe, expect, it } from 'vitest'
import type { CartEchoServer } from '../../../src/server/index'
import { fateOf, holdTime, WAYS } from '../support/break'
import { openBrowser } from '../support/browser'
import { serve } from '../support/serve'
import { greetedSocket, openSocket, settled, subscribedSocket, subscribeFrame } from '../support/socket'

const CHANNEL = 'private-App.Models.User.1'
const OTHERS = 'private-App.Models.User.2'
const PING = { event: 'pusher:ping', data: {} }
const PONG = '{"event":"pusher:pong"}'

const publish = (server: CartEchoServer, event = 'news') => server.shop.publish(1, event, {})
const nameOf = (frame: string): string => JSON.parse(frame).event
const errorOf = (frame: string): unknown => JSON.parse(JSON.parse(frame).data)

describe.each(WAYS)('sockets, broken %s', (_way, breakIt) => {
  it('kill: all end without a close frame, and anyone can come back', async () => {
    const server = await serve()
    const clients = [await greetedSocket(server), await greetedSocket(server)]
    const report = await breakIt(server, { kind: 'kill' })
    expect(await Promise.all(clients.map(({ ended }) => ended))).toEqual([
      { code: 1006, reason: '' },
      { code: 1006, reason: '' },
    ])
    expect(fateOf(server, report)).toBe('over, struck 2')
    await settled(await greetedSocket(server))
  })

  it('refuse sockets: Reverb alone is away, open sockets stay', async () => {
    const server = await serve()
    const client = await greetedSocket(server)
    const report = await breakIt(server, { kind: 'refuse', what: 'sockets' })
    expect((await openSocket(server).ended).code).toBe(1006)
    await expect(fetch(`${server.url}/up`)).rejects.toThrow()
    await expect(fetch(`${server.url}/apps/1001/events`, { method: 'POST', body: '{}' })).rejects.toThrow()
    expect((await openBrowser(server.url).get('/session')).status).toBe(200)
    await settled(client)
    expect(fateOf(server, report)).toBe('active, struck 1')
    server.faults.clear()
    await settled(await greetedSocket(server))
  })

  it('refuse everything: the port is closed for a time, open sockets stay, events reach nobody', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, CHANNEL)
    const time = holdTime()
    const report = await breakIt(server, { kind: 'refuse', forMs: 4_000 })
    await expect.poll(() => refusalOf(server)).toBe('ECONNREFUSED')
    publish(server)
    await settled(client)
    expect(fateOf(server, report)).toBe('active, struck 1')
    time.pass(3_999)
    expect(await refusalOf(server)).toBe('ECONNREFUSED')
    time.pass(1)
    await expect.poll(() => refusalOf(server)).toBe('')
    expect(fateOf(server, report)).toBe('over, struck 1')
    publish(server)
    expect(nameOf(await client.next())).toBe('news')
  })

  it('silence: open sockets stay and hear nothing; nobody hears them; new ones are well', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, CHANNEL)
    const time = holdTime()
    const report = await breakIt(server, { kind: 'silence', forMs: 60_000 })
    publish(server)
    client.say(PING)
    client.socket.ping()
    const other = await subscribedSocket(server, CHANNEL)
    publish(server, 'later')
    expect(nameOf(await other.next())).toBe('later')
    await settled(other)
    expect(client.heard).toEqual([])
    expect(client.socket.readyState).toBe(client.socket.OPEN)
    expect(fateOf(server, report)).toBe('active, struck 2')
    time.pass(60_000)
    publish(server, 'last')
    const late = [await client.next(), await client.next()].map(nameOf)
    expect(new Set(late)).toEqual(new Set(['pusher:pong', 'last']))
  })

  it('silence of all: a socket that opens meanwhile is accepted and not even greeted', async () => {
    const server = await serve()
    const report = await breakIt(server, { kind: 'silence', sockets: 'all' })
    const client = openSocket(server)
    await client.headers
    client.say(PING)
    await expect.poll(() => fateOf(server, report)).toBe('active, struck 1')
    expect(client.heard).toEqual([])
    server.faults.clear()
    expect(await client.next()).toBe(PONG)
  })

  it('delay: frames come later, in their order, whatever the jitter', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, CHANNEL)
    const time = holdTime()
    const report = await breakIt(server, { kind: 'delay', ms: 2_000, jitterMs: 1_000 })
    for (const event of ['a', 'b', 'c', 'd']) publish(server, event)
    time.pass(1_999)
    expect(client.heard).toEqual([])
    time.pass(1_001)
    expect([await client.next(), await client.next(), await client.next(), await client.next()].map(nameOf)).toEqual([
      'a',
      'b',
      'c',
      'd',
    ])
    expect(fateOf(server, report)).toBe('active, struck 4')
  })

  it('delay of events: what Reverb says by itself comes at once', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, CHANNEL)
    const time = holdTime()
    await breakIt(server, { kind: 'delay', ms: 120_000, frames: 'events', times: 1 })
    publish(server, 'late')
    expect(await client.ask(PING)).toBe(PONG)
    publish(server, 'undelayed')
    expect(nameOf(await client.next())).toBe('undelayed')
    time.pass(120_000)
    expect(nameOf(await client.next())).toBe('late')
  })

  it('error now: every open socket is told, and stays', async () => {
    const server = await serve()
    const client = await greetedSocket(server)
    await breakIt(server, { kind: 'error', code: 4200, message: 'Invalid message format' })
    expect(errorOf(await client.next())).toEqual({ code: 4200, message: 'Invalid message format' })
    await settled(client)
  })

  it.each([
    ['drop', { code: 1006, reason: '' }],
    ['close', { code: 1009, reason: 'Too much' }],
  ] as const)('error now, then %s: the socket ends', async (end, seen) => {
    const server = await serve()
    const client = await greetedSocket(server)
    await breakIt(server, { kind: 'error', code: 4201, message: 'Too much', end, closeCode: 1009 })
    expect(errorOf(await client.next())).toEqual({ code: 4201, message: 'Too much' })
    expect(await client.ended).toEqual(seen)
  })

  it('error at connect: instead of the greeting, as often as said', async () => {
    const server = await serve()
    const fault = { kind: 'error', at: 'connect', code: 4004, message: 'Application is over connection quota' } as const
    const report = await breakIt(server, { ...fault, end: 'drop', times: 1 })
    const client = openSocket(server)
    expect(errorOf(await client.next())).toEqual({ code: 4004, message: 'Application is over connection quota' })
    expect((await client.ended).code).toBe(1006)
    expect(fateOf(server, report)).toBe('over, struck 1')
    await settled(await greetedSocket(server))
  })

  it('reject signatures: good ones, too, of one customer if said', async () => {
    const server = await serve()
    const client = await greetedSocket(server)
    await breakIt(server, { kind: 'reject-signatures', customer: 1, times: 1 })
    expect(nameOf(await client.ask(subscribeFrame(client.socketId, OTHERS)))).toBe(
      'pusher_internal:subscription_succeeded',
    )
    expect(errorOf(await client.ask(subscribeFrame(client.socketId, CHANNEL)))).toEqual({
      code: 4009,
      message: 'Connection is unauthorized',
    })
    expect(nameOf(await client.ask(subscribeFrame(client.socketId, CHANNEL)))).toBe(
      'pusher_internal:subscription_succeeded',
    )
  })
})

describe('a closed port', () => {
  it('stays closed as long as one fault wants it', async () => {
    const server = await serve()
    const [one, other] = [server.faults.start({ kind: 'refuse' }), server.faults.start({ kind: 'refuse' })]
    one.lift()
    one.lift()
    expect(await refusalOf(server)).toBe('ECONNREFUSED')
    other.lift()
    await expect.poll(() => refusalOf(server)).toBe('')
  })

  it('stays closed when the server ends meanwhile, and nothing is left of it', async () => {
    const server = await serve()
    const fault = server.faults.start({ kind: 'refuse' })
    await server.close()
    fault.lift()
    await server.close()
    expect(await refusalOf(server)).toBe('ECONNREFUSED')
  })

  it('is closed again by who wants it closed while it is being opened', async () => {
    const server = await serve()
    server.faults.start({ kind: 'refuse' }).lift()
    const fault = server.faults.start({ kind: 'refuse' })
    await new Promise((resolve) => setImmediate(resolve))
    await expect.poll(() => refusalOf(server)).toBe('ECONNREFUSED')
    fault.lift()
    await expect.poll(() => refusalOf(server)).toBe('')
  })

  it('lets nobody in over a connection that was kept', async () => {
    const server = await serve()
    const browser = openBrowser(server.url)
    await browser.get('/session')
    server.faults.start({ kind: 'refuse' })
    await expect(browser.get('/session')).rejects.toThrow()
    server.faults.clear()
  })
})

/** Why a server cannot be reached; empty when it can. */
const refusalOf = async ({ url }: CartEchoServer): Promise<string> => {
  try {
    await (await fetch(`${url}/up`)).text()
    return ''
  } catch (error) {
    return error instanceof Error && error.cause instanceof Error && 'code' in error.cause
      ? String(error.cause.code)
      : 'another reason'
  }
}
