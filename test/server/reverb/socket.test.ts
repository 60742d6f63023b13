import { describe, expect, it } from 'vitest'
import { openBrowser, rawRequest } from '../support/browser'
import { APP, serve } from '../support/serve'
import { greetedSocket, openSocket, settled, subscribedSocket, subscribeFrame } from '../support/socket'

const OWN = 'private-App.Models.User.1'
const UNAUTHORIZED = String.raw`{"event":"pusher:error","data":"{\"code\":4009,\"message\":\"Connection is unauthorized\"}"}`
const INVALID = String.raw`{"event":"pusher:error","data":"{\"code\":4200,\"message\":\"Invalid message format\"}"}`
const NOT_MEMBER = String.raw`{"event":"pusher:error","data":"{\"code\":4009,\"message\":\"The client is not a member of the specified channel.\"}"}`
const succeeded = (channel: string): string =>
  `{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"${channel}"}`

describe('the handshake', () => {
  it('greets with a socket id and the activity time-out, in a string', async () => {
    const client = openSocket(await serve())
    expect(await client.next()).toMatch(
      /^{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"\d+\.\d+\\",\\"activity_timeout\\":30}"}$/,
    )
    expect((await client.headers)['x-powered-by']).toBe('Laravel Reverb')
  })

  it('does not look at the protocol version', async () => {
    expect(await openSocket(await serve(), `/app/${APP.key}?protocol=99`).next()).toContain('connection_established')
  })

  it('tells a wrong key 4001 and ends without a close frame', async () => {
    const client = openSocket(await serve(), '/app/wrong')
    expect(await client.next()).toBe(
      String.raw`{"event":"pusher:error","data":"{\"code\":4001,\"message\":\"Application does not exist\"}"}`,
    )
    expect((await client.ended).code).toBe(1006)
  })

  it.each(['/', '/nowhere', '/app', '/app/a/b', '/app/%zz'])('answers 404 on %s', async (path) => {
    const { url } = await serve()
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }
    const key = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }
    expect(await rawRequest(url, path, { headers: { ...headers, ...key } })).toEqual({
      status: 404,
      text: 'Not found.',
    })
  })

  it('is no page: a plain GET is an error, as recorded', async () => {
    const answer = await openBrowser((await serve()).url).get(`/app/${APP.key}`)
    expect([answer.status, answer.text]).toEqual([500, 'Internal server error.'])
  })
})

describe('a subscription', () => {
  it('succeeds with a signature for this socket and this channel', async () => {
    const client = await greetedSocket(await serve())
    expect(await client.ask(subscribeFrame(client.socketId, OWN))).toBe(succeeded(OWN))
  })

  it('looks at the signature only, not at the key before it', async () => {
    const client = await greetedSocket(await serve())
    const { data } = subscribeFrame(client.socketId, OWN)
    const auth = data.auth.replace(APP.key, 'another-key')
    expect(await client.ask({ event: 'pusher:subscribe', data: { auth, channel: OWN } })).toBe(succeeded(OWN))
  })

  it('needs no signature on a public channel', async () => {
    const client = await greetedSocket(await serve())
    expect(await client.ask({ event: 'pusher:subscribe', data: { channel: 'news' } })).toBe(succeeded('news'))
  })

  it.each([
    ['no signature', () => undefined],
    ['a signature that is none', () => `${APP.key}:0000`],
    ['a number', () => 7],
    ['the signature of another channel', (id: string) => subscribeFrame(id, 'private-App.Models.User.2').data.auth],
    ['the signature of another socket', () => subscribeFrame('1.2', OWN).data.auth],
  ])('is refused with %s, by an error that names no channel', async (_, authOf) => {
    const client = await greetedSocket(await serve())
    const auth = authOf(client.socketId)
    expect(await client.ask({ event: 'pusher:subscribe', data: { auth, channel: OWN } })).toBe(UNAUTHORIZED)
    await settled(client)
  })

  it('succeeds twice when asked twice, and hears each event once', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, OWN)
    expect(await client.ask(subscribeFrame(client.socketId, OWN))).toBe(succeeded(OWN))
    server.shop.publish(1, 'news', { n: 1 })
    expect(await client.next()).toContain('"event":"news"')
    await settled(client)
  })

  it('ends without a reply', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, OWN)
    client.say({ event: 'pusher:unsubscribe', data: { channel: OWN } })
    await settled(client)
    server.shop.publish(1, 'news', {})
    await settled(client)
  })

  it('ends with its socket', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, OWN)
    client.socket.close()
    await client.ended
    const other = await greetedSocket(server)
    server.shop.publish(1, 'news', {})
    await settled(other)
    expect(server.sockets()).toBe(1)
  })
})

describe('a message', () => {
  it('carries its data in a string and its channel last', async () => {
    const server = await serve({ level: 'guide' })
    const client = await subscribedSocket(server, OWN)
    server.shop.publish(1, 'cart.conditions.changed', { message: 'Hi', changes: {} })
    expect(await client.next()).toBe(
      String.raw`{"event":"cart.conditions.changed","data":"{\"message\":\"Hi\",\"changes\":{}}","channel":"${OWN}"}`,
    )
  })

  it('of a ping is answered by a pong without data, of a pong by nothing', async () => {
    const client = await greetedSocket(await serve())
    client.say({ event: 'pusher:pong', data: {} })
    expect(await client.ask({ event: 'pusher:ping', data: {} })).toBe('{"event":"pusher:pong"}')
  })

  it.each([
    'not json',
    '',
    '{}',
    'null',
    '[]',
    '{"event":7}',
    '{"event":"pusher:nonsense","data":{}}',
    '{"event":"pusher:subscribe","data":{}}',
    '{"event":"pusher:subscribe"}',
    '{"event":"pusher:subscribe","data":"a"}',
    '{"event":"pusher:subscribe","data":{"channel":[]}}',
    '{"event":"pusher:unsubscribe","data":{}}',
    '{"event":"client-typing","data":{}}',
    '{"event":"client-typing","channel":"news","data":"text"}',
    '{"event":"__proto__"}',
    '[['.repeat(4_000),
  ])('of an invalid format is told 4200, and the socket stays: %.40s', async (frame) => {
    const client = await greetedSocket(await serve())
    expect(await client.ask(frame)).toBe(INVALID)
    await settled(client)
  })

  it('that only a server may send is dropped without a word', async () => {
    const server = await serve()
    const [client, other] = [await subscribedSocket(server, OWN), await subscribedSocket(server, OWN)]
    client.say({ event: 'cart.conditions.changed', channel: OWN, data: { forged: true } })
    await settled(client)
    await settled(other)
  })

  it('to the others on a channel reaches them with its data as JSON, and not its sender', async () => {
    const server = await serve()
    const [client, other] = [await subscribedSocket(server, OWN), await subscribedSocket(server, OWN)]
    client.say({ event: 'client-typing', channel: OWN, data: { x: 1 } })
    expect(await other.next()).toBe(`{"event":"client-typing","channel":"${OWN}","data":{"x":1}}`)
    await settled(client)
  })

  it('to a channel one is not on is refused', async () => {
    const client = await greetedSocket(await serve())
    expect(await client.ask({ event: 'client-typing', channel: OWN, data: { x: 1 } })).toBe(NOT_MEMBER)
  })

  it('of 10,000 bytes passes, one byte more ends the socket with 1009', async () => {
    const client = await greetedSocket(await serve())
    expect(await client.ask('x'.repeat(10_000))).toBe(INVALID)
    client.say('x'.repeat(10_001))
    expect(await client.ended).toEqual({ code: 1009, reason: 'Maximum message size exceeded' })
  })

  it('of two megabytes ends its own socket and no other', async () => {
    const server = await serve()
    const [client, other] = [await greetedSocket(server), await greetedSocket(server)]
    client.say('x'.repeat(2_000_000))
    expect((await client.ended).code).not.toBe(1000)
    await settled(other)
  })

  it('in a broken frame ends its own socket and no other', async () => {
    const server = await serve()
    const [client, other] = [await greetedSocket(server), await greetedSocket(server)]
    Reflect.get(client.socket, '_socket').write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]))
    await client.ended
    await settled(other)
  })
})

describe('the end of the server', () => {
  it('is 1006 for every socket: no close frame', async () => {
    const server = await serve()
    const clients = await Promise.all([subscribedSocket(server, OWN), greetedSocket(server)])
    await server.close()
    for (const client of clients) expect(await client.ended).toEqual({ code: 1006, reason: '' })
  })
})
