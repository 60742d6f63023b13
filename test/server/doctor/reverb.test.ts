import { readFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { GivenReverb } from '../../../src/server/doctor/options'
import { startServer } from '../../../src/server/index'
import { APP, serve } from '../support/serve'
import { examine, wrongs } from './support/examine'
import { changeBlock, front, handMade, NO_NAME, portOf } from './support/front'

const pem = (name: string): string =>
  readFileSync(new URL(`../../fixtures/certificates/${name}.pem`, import.meta.url), 'utf8')

const placeOf = (url: string, more: Partial<GivenReverb> = {}): GivenReverb => {
  const { hostname, port } = new URL(url)
  return { key: APP.key, host: hostname, port, scheme: 'http', ...more }
}

/** What is wrong with Reverb at a place, and nothing else asked. */
const wrongsAt = async (reverb: GivenReverb, options: Parameters<typeof examine>[1] = {}) =>
  wrongs(await examine(null, { reverb, ...options }))

/** A server of HTTP that answers everything so. */
const answering = (status: number, headers: Record<string, string> = {}): Promise<string> =>
  handMade((_, response) => response.writeHead(status, headers).end('no'))

/** A server of TLS with a certificate of the fixtures; gives its port. */
const tlsPort = (certificate: string): Promise<string> =>
  new Promise((resolve) => {
    const server = createTlsServer({ cert: pem(certificate), key: pem('key') }, (_, response) =>
      response.writeHead(404).end(),
    )
    server.on('tlsClientError', () => {})
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    server.listen(0, '127.0.0.1', () => resolve(String(portOf(server.address()))))
  })

/** A WebSocket that greets with these frames; gives the address. */
const greeting = async (...frames: readonly unknown[]): Promise<string> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  server.on('connection', (socket) => {
    for (const frame of frames) socket.send(JSON.stringify(frame))
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${portOf(server.address())}`
}

describe('Reverb', () => {
  it('that is there is right', async () => {
    const { url } = await serve()
    const report = await examine(null, { reverb: placeOf(url), origin: 'https://shop.test' })
    expect(report.findings).toEqual([
      expect.objectContaining({
        status: 'right',
        about: 'reverb',
        what: expect.stringContaining('lets https://shop.test in'),
      }),
    ])
  })

  it('under a name that nobody knows is found', async () => {
    expect(await wrongsAt({ key: 'k', host: NO_NAME, scheme: 'http' })).toEqual(['reverb-dns'])
  })

  it('that does not run is found', async () => {
    const server = await startServer()
    await server.close()
    expect(await wrongsAt(placeOf(server.url))).toEqual(['reverb-refused'])
  })

  it('that does not answer is found', async () => {
    const url = await handMade(() => {})
    expect(await wrongsAt(placeOf(url), { timeoutMs: 150 })).toEqual(['reverb-timeout'])
  })

  it('that ends the connection is found', async () => {
    const url = await handMade((request) => request.socket.destroy())
    expect(await wrongsAt(placeOf(url))).toEqual(['reverb-unreachable'])
  })

  it('under another path than the page says is found, and where it is said', async () => {
    const { url } = await serve()
    const report = await examine(null, { reverb: placeOf(url, { path: '/ws' }) })
    expect(wrongs(report)).toEqual(['reverb-wrong-path'])
    expect(report.findings[0]?.what).toBe(`Reverb is not under /ws, but at ${url.replace('http', 'ws')}.`)
  })

  it.each([
    [404, 'reverb-not-there'],
    [200, 'reverb-no-upgrade'],
    [400, 'reverb-no-upgrade'],
    [426, 'reverb-no-upgrade'],
    [500, 'reverb-no-upgrade'],
    [502, 'reverb-gateway'],
    [504, 'reverb-gateway'],
    [403, 'reverb-forbidden'],
    [301, 'reverb-redirects'],
  ])('in whose place HTTP answers %i is %s', async (status, code) => {
    const url = await answering(status, status === 301 ? { Location: 'https://shop.test/app/k?secret=1' } : {})
    const report = await examine(null, { reverb: placeOf(url) })
    expect(wrongs(report)).toEqual([code])
    expect(JSON.stringify(report)).not.toContain('secret')
  })

  it('behind a proxy that drops the upgrade is found', async () => {
    const server = await serve()
    // What nginx does without the two headers: it asks as a plain client.
    const url = await front(server, () => {})
    expect(await wrongsAt(placeOf(url))).toEqual(['reverb-no-upgrade'])
  })

  it('by TLS on a plain port is found', async () => {
    const { url } = await serve()
    expect(await wrongsAt(placeOf(url, { scheme: 'https' }))).toEqual(['reverb-not-tls'])
  })

  it('without TLS on a port of it is found', async () => {
    const port = await tlsPort('good')
    expect(await wrongsAt({ key: 'k', host: '127.0.0.1', port, scheme: 'http' })).toEqual(['reverb-needs-tls'])
  })

  it.each([
    ['expired', 'expired'],
    ['other-host', 'for another host'],
  ])('with a certificate that is %s is found', async (name, words) => {
    const port = await tlsPort(name)
    const reverb = { key: 'k', host: '127.0.0.1', port }
    const report = await examine(null, { reverb, ca: pem('authority') })
    expect(wrongs(report)).toEqual(['reverb-certificate'])
    expect(report.findings[0]?.what).toContain(words)
  })

  it('with a certificate of an authority that nobody knows is found, and passes once it is given', async () => {
    const reverb = { key: 'k', host: '127.0.0.1', port: await tlsPort('good') }
    expect(await wrongsAt(reverb)).toEqual(['reverb-certificate'])
    expect(await wrongsAt(reverb, { ca: pem('authority') })).toEqual(['reverb-not-there'])
  })

  it('of another app key is found', async () => {
    const { url } = await serve()
    expect(await wrongsAt(placeOf(url, { key: 'another-key' }))).toEqual(['reverb-key'])
  })

  it('that does not allow the page’s origin is found, by the origin that browsers send', async () => {
    const server = await serve({ autoLogin: 1, app: { ...APP, allowedOrigins: ['shop.test'] } })
    expect(wrongs(await examine(`${server.url}/`))).toEqual(['reverb-origin'])
    expect(wrongs(await examine(`${server.url}/`, { origin: 'https://shop.test' }))).toEqual([])
  })

  it.each([
    ['is full', 'reverb-full', { event: 'pusher:error', data: '{"code":4004,"message":"full"}' }],
    ['greets with an error', 'reverb-error', { event: 'pusher:error', data: '{"code":4200}' }],
    ['greets without an id', 'reverb-silent', { event: 'pusher:connection_established', data: '{}' }],
  ])('that %s is found', async (_, code, frame) => {
    expect(await wrongsAt(placeOf(await greeting(frame)))).toEqual([code])
  })

  it('that opens a WebSocket and says nothing is found', async () => {
    // So long, for the socket itself has to open meanwhile.
    expect(await wrongsAt(placeOf(await greeting()), { timeoutMs: 3_000 })).toEqual(['reverb-silent'])
  })

  it.each([
    ['frames', (socket: WebSocket) => socket.send('{"event":"another"}')],
    ['frames that are nothing', (socket: WebSocket) => socket.send('nonsense')],
    ['large frames', (socket: WebSocket) => socket.send(JSON.stringify({ event: 'x'.repeat(2_000) }))],
  ])('that sends more %s than anybody could keep is not listened to any longer', async (_, send) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => void server.close())
    const left = new Promise((resolve) => {
      server.on('connection', (socket) => {
        socket.on('error', () => {}).on('close', resolve)
        for (let count = 0; count < 10_001; count += 1) send(socket)
      })
    })
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${portOf(server.address())}`
    expect(await wrongsAt(placeOf(url), { timeoutMs: 60_000 })).toEqual(['reverb-silent'])
    await left
  })

  it('that no page may open, for it is plain and the page is not, is found', async () => {
    const report = await examine(null, {
      page: new URL('https://127.0.0.1:1/'),
      reverb: { key: 'k', host: NO_NAME, scheme: 'http' },
    })
    expect(wrongs(report)).toEqual(['page-unreachable', 'reverb-mixed', 'reverb-dns'])
  })

  it('that nobody names cannot be examined, which is worth a note', async () => {
    const server = await serve({ autoLogin: 1 })
    const url = await front(
      server,
      changeBlock(({ reverb, ...block }) => block),
    )
    const report = await examine(`${url}/`)
    expect(wrongs(report)).toEqual([])
    expect(report.findings.find(({ about }) => about === 'reverb')).toMatchObject({
      code: 'reverb-not-given',
      status: 'note',
    })
  })

  it('is left without a socket', async () => {
    const server = await serve({ autoLogin: 1 })
    await examine(`${server.url}/`)
    await expect.poll(() => server.sockets()).toBe(0)
  })

  it('that talks nonsense in TLS is no reason to fail', async () => {
    const server = createTcpServer((socket) => socket.on('error', () => {}).end('\u0000nonsense\r\n\r\n'))
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const port = String(portOf(server.address()))
    expect(await wrongsAt({ key: 'k', host: '127.0.0.1', port, scheme: 'https' })).toEqual(['reverb-not-tls'])
    expect(await wrongsAt({ key: 'k', host: '127.0.0.1', port, scheme: 'http' })).toEqual(['reverb-unreachable'])
  })
})
