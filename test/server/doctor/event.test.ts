import { createServer } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { APP, serve } from '../support/serve'
import { examine, wrongs } from './support/examine'
import { handMade, portOf } from './support/front'

const { id: appId, secret } = APP

/** A Reverb that greets, takes every subscription, and hears of publishes; gives its port. */
const handMadeReverb = (
  published: (body: Record<string, string>, say: (frame: unknown) => void) => number,
): Promise<string> =>
  new Promise((resolve) => {
    const sockets = new WebSocketServer({ noServer: true })
    const say = (frame: unknown): void => {
      for (const client of sockets.clients) client.send(JSON.stringify(frame))
    }
    const server = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk) => {
        text += chunk
      })
      request.on('end', () => response.writeHead(published(JSON.parse(text), say)).end('{}'))
    })
    server.on('upgrade', (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (client) => {
        client.send('{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"1.2\\"}"}')
        client.on('message', (data) => {
          const { channel } = JSON.parse(String(data)).data
          client.send(JSON.stringify({ event: 'pusher_internal:subscription_succeeded', data: '{}', channel }))
        })
      }),
    )
    onTestFinished(() => {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      server.close()
    })
    server.listen(0, '127.0.0.1', () => resolve(String(portOf(server.address()))))
  })

const examineEventAt = (port: string) =>
  examine(null, {
    reverb: { key: 'k', host: '127.0.0.1', port, scheme: 'http' },
    user: '7',
    publish: { appId: '1', secret: 's' },
  })

describe('an event', () => {
  it('that is published to the user who is looking is heard under its dotted name', async () => {
    const server = await serve({ autoLogin: 1 })
    const report = await examine(`${server.url}/`, { user: '1', publish: { appId, secret } })
    expect(wrongs(report)).toEqual([])
    expect(report.findings.at(-1)).toMatchObject({
      about: 'event',
      status: 'right',
      what: 'cart-echo.doctor was published, and is heard under its dotted name.',
    })
    expect(JSON.stringify(report)).not.toContain(secret)
  })

  it('that is published to another user is heard, by the secret', async () => {
    const server = await serve({ autoLogin: 1 })
    const report = await examine(`${server.url}/`, { user: '2', publish: { appId, secret } })
    expect(report.findings.at(-1)).toMatchObject({ about: 'event', status: 'right' })
  })

  it('goes to the channel of that user alone, and carries no notice', async () => {
    const published: Record<string, string>[] = []
    const port = await handMadeReverb((body, say) => {
      published.push(body)
      say({ event: body.name, channel: body.channel, data: body.data })
      return 200
    })
    expect(wrongs(await examineEventAt(port))).toEqual([])
    expect(published).toEqual([
      {
        name: 'cart-echo.doctor',
        channel: 'private-App.Models.User.7',
        data: expect.stringMatching(/^\{"mark":"[\w-]+"\}$/),
      },
    ])
  })

  it('is not published unless that is asked for', async () => {
    const server = await serve({ autoLogin: 1 })
    const report = await examine(`${server.url}/`, { user: '1' })
    expect(report.findings.map(({ about }) => about)).not.toContain('event')
  })

  it.each([
    ['the secret is another', { appId, secret: 'another' }, '1'],
    ['the secret is another, for another user', { appId, secret: 'another' }, '2'],
    ['the app is another', { appId: '2002', secret }, '1'],
  ])('is refused where %s', async (_, publish, user) => {
    const server = await serve({ autoLogin: 1 })
    expect(wrongs(await examine(`${server.url}/`, { user, publish }))).toEqual(['event-refused'])
  })

  it('that cannot be published, for nobody says where Reverb is, is not passed over', async () => {
    const url = await handMade((_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>'))
    expect(wrongs(await examine(url, { user: '1', publish: { appId, secret } }))).toContain('event-not-tried')
  })

  it('that nobody takes is found', async () => {
    const port = await handMadeReverb(() => 502)
    expect(wrongs(await examineEventAt(port))).toEqual(['event-not-taken'])
  })

  it('that is taken and goes nowhere is found', async () => {
    const server = await serve({ autoLogin: 1 })
    server.faults.start({ kind: 'drop', which: { every: 1 } })
    // So long, for all else has to come meanwhile.
    const options = { user: '1', publish: { appId, secret }, timeoutMs: 3_000 }
    expect(wrongs(await examine(`${server.url}/`, options))).toEqual(['event-not-heard'])
  })

  it('that arrives under another name is found', async () => {
    const port = await handMadeReverb(({ channel, data }, say) => {
      say({ event: 'App\\Events\\Doctor', channel, data })
      return 200
    })
    expect(wrongs(await examineEventAt(port))).toEqual(['event-renamed'])
  })
})
