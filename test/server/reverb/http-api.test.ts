import { createHash } from 'node:crypto'
import Pusher from 'pusher'
import { describe, expect, it } from 'vitest'
import type { CartEchoServer } from '../../../src/server/index'
import { sign } from '../../../src/server/reverb/signature'
import { openBrowser, rawRequest } from '../support/browser'
import { APP, serve } from '../support/serve'
import { settled, subscribedSocket } from '../support/socket'

const OWN = 'private-App.Models.User.1'
const TWO = 'private-App.Models.User.2'

const publisherFor = (server: CartEchoServer, change: Partial<Pusher.Options> = {}): Pusher =>
  new Pusher({
    appId: APP.id,
    key: APP.key,
    secret: APP.secret,
    host: server.reverb.host,
    port: String(server.reverb.port),
    useTLS: false,
    ...change,
  })

/** Posts `body` under a signature that was made for `signedBody`. */
const post = (server: CartEchoServer, body: string, signedBody = body) => {
  const md5 = createHash('md5').update(signedBody).digest('hex')
  const query = `auth_key=${APP.key}&auth_timestamp=1700000000&auth_version=1.0&body_md5=${md5}`
  const signature = sign(APP.secret, `POST\n/apps/${APP.id}/events\n${query}`)
  return rawRequest(server.url, `/apps/${APP.id}/events?${query}&auth_signature=${signature}`, { method: 'POST', body })
}

const event = (data: string): string => JSON.stringify({ name: 'news', data, channels: [OWN] })

describe('the npm library pusher', () => {
  it('publishes, and a socket hears it word for word', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, OWN)
    const response = await publisherFor(server).trigger(OWN, 'cart.conditions.changed', { message: 'from npm pusher' })
    expect([response.status, await response.text()]).toEqual([200, '{}'])
    expect(await client.next()).toBe(
      String.raw`{"event":"cart.conditions.changed","data":"{\"message\":\"from npm pusher\"}","channel":"${OWN}"}`,
    )
  })

  it('reaches several channels at once, and leaves out the socket that caused it', async () => {
    const server = await serve()
    const [first, second, third] = [
      await subscribedSocket(server, OWN),
      await subscribedSocket(server, OWN),
      await subscribedSocket(server, TWO),
    ]
    await publisherFor(server).trigger([OWN, TWO], 'news', {}, { socket_id: first.socketId })
    expect(JSON.parse(await second.next()).channel).toBe(OWN)
    expect(JSON.parse(await third.next()).channel).toBe(TWO)
    await settled(first)
  })

  it('is answered 200 where nobody listens', async () => {
    expect((await publisherFor(await serve()).trigger('private-nobody', 'news', {})).status).toBe(200)
  })

  it.each([
    ['a wrong secret', { secret: 'wrong' }, 401, 'Authentication signature invalid.'],
    ['a wrong app id', { appId: '9999' }, 404, 'No matching application for ID [9999].'],
  ])('is refused with %s', async (_, change, status, body) => {
    const publisher = publisherFor(await serve(), change)
    await expect(publisher.trigger(OWN, 'news', {})).rejects.toMatchObject({ status, body })
  })

  it('is told 413 when the whole request has more than 10,000 bytes, and nobody hears it', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, OWN)
    const publisher = publisherFor(server)
    await publisher.trigger(OWN, 'news', 'x'.repeat(9_000))
    expect(await client.next()).toContain('x'.repeat(9_000))
    await expect(publisher.trigger(OWN, 'news', 'x'.repeat(9_800))).rejects.toMatchObject({
      status: 413,
      body: 'Payload too large.',
    })
    await settled(client)
  })
})

describe('a signature', () => {
  it('is good for the body it was made for', async () => {
    expect(await post(await serve(), event('{}'))).toEqual({ status: 200, text: '{}' })
  })

  it('is bad for any other body, whatever body_md5 says', async () => {
    expect((await post(await serve(), event('{"forged":1}'), event('{}'))).status).toBe(401)
  })

  it('has to be there', async () => {
    const { url } = await serve()
    expect((await openBrowser(url).post(`/apps/${APP.id}/events`, {})).status).toBe(401)
  })
})

describe('a publish', () => {
  it('takes one channel, too', async () => {
    const server = await serve()
    const client = await subscribedSocket(server, OWN)
    await post(server, JSON.stringify({ name: 'news', data: '{}', channel: OWN }))
    expect(JSON.parse(await client.next()).event).toBe('news')
  })

  it.each([
    '[]',
    '{"data":"{}","channels":["a"]}',
    '{"name":"n","channels":["a"]}',
    '{"name":"n","data":{},"channels":["a"]}',
    '{"name":"n","data":"{}"}',
    '{"name":"n","data":"{}","channels":"a"}',
    '{"name":"n","data":"{}","channels":[7]}',
    '{"name":"n","data":"{}","channel":"a","socket_id":7}',
  ])('without what it needs is told 422: %s', async (body) => {
    expect((await post(await serve(), body)).status).toBe(422)
  })

  it('that is not JSON is told 500, as Reverb does', async () => {
    expect(await post(await serve(), 'nonsense')).toEqual({ status: 500, text: 'Internal server error.' })
  })
})

it('says that it is up', async () => {
  expect((await openBrowser((await serve()).url).get('/up')).text).toBe('{"health":"OK"}')
})
