import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { CartEchoServerError, type StartServerOptions, startServer } from '../../src/server/index'
import { openBrowser, rawRequest } from './support/browser'
import { serve } from './support/serve'
import { greetedSocket, settled } from './support/socket'

/** Sends bytes as they are and gives everything that comes back. */
const shout = async (url: string, bytes: string): Promise<string> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).setEncoding('utf8')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('error', () => {})
  socket.end(bytes)
  await once(socket, 'close')
  return answer
}

/** The head of an answer, asked for by Node alone. */
const answerTo = async (url: string): Promise<IncomingMessage> => {
  const [answer] = await once(get(url, { agent: false }), 'response')
  return answer.resume()
}

/** What another class of URLs has, too, such as jsdom's. */
const urlParts = ({ href, protocol, hostname, pathname }: URL) => ({ href, protocol, hostname, pathname })

describe('a server', () => {
  it('says where it is, with an application of its own', async () => {
    const server = await serve({ app: undefined })
    const port = Number(new URL(server.url).port)
    expect(server.url).toBe(`http://127.0.0.1:${port}`)
    expect(server.reverb).toEqual({
      appId: '1001',
      key: 'cart-echo-key',
      secret: expect.stringMatching(/^[0-9a-f]{32}$/),
      host: '127.0.0.1',
      port,
      scheme: 'http',
    })
  })

  it('has a secret that no other start has', async () => {
    const [one, other] = [await serve({ app: undefined }), await serve({ app: undefined })]
    expect(one.reverb.secret).not.toBe(other.reverb.secret)
  })

  it('counts its sockets', async () => {
    const server = await serve()
    expect(server.sockets()).toBe(0)
    const client = await greetedSocket(server)
    expect(server.sockets()).toBe(1)
    client.socket.close()
    await client.ended
    await expect.poll(() => server.sockets()).toBe(0)
  })

  it('tells who listens what happens', async () => {
    const lines: string[] = []
    const server = await serve({ onLog: (line) => lines.push(line) })
    const { socketId } = await greetedSocket(server)
    server.shop.publish(1, 'news', {})
    expect(lines).toEqual([`socket ${socketId} opened`, 'published news on private-App.Models.User.1'])
  })

  it.each<[string, unknown]>([
    ['without the classes of fetch, as in jest’s jsdom', undefined],
    ['with those of a DOM that keeps cookies to itself, as in happy-dom', class {}],
  ])('serves a test in a process %s', async (_, stranger) => {
    for (const name of ['fetch', 'Headers', 'Request', 'Response']) vi.stubGlobal(name, stranger)
    onTestFinished(() => {
      vi.unstubAllGlobals()
    })
    const { url } = await serve({ autoLogin: 1 })
    for (const path of ['/session', '/cart', '/page.js']) {
      const answer = await answerTo(url + path)
      const names = (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split('=', 1)[0])
      const expected = path === '/page.js' ? [] : ['cart_echo_session', 'XSRF-TOKEN']
      expect([answer.statusCode, names]).toEqual([200, expected])
    }
  })

  it('says what to do when its port is taken', async () => {
    const { reverb } = await serve()
    const failed = await startServer({ port: reverb.port }).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(CartEchoServerError)
    expect(failed).toMatchObject({
      code: 'port-taken',
      message: `Port ${reverb.port} is taken. Choose another: npx cart-echo --port ${reverb.port + 1}`,
    })
  })

  it('says when nobody can come in by autoLogin', async () => {
    await expect(startServer({ autoLogin: 9 })).rejects.toMatchObject({ code: 'unknown-customer' })
  })

  it.each(['Trailer', 'Transfer-Encoding', 'Content-Length', 'a b'])(
    'takes no %s among its pageHeaders',
    async (name) => {
      const start = startServer({ pageHeaders: { [name]: '1' } })
      await expect(start).rejects.toMatchObject({
        code: 'bad-headers',
        message: expect.stringContaining('"pageHeaders"'),
      })
    },
  )

  it.each<[unknown, string]>([
    [5, 'takes an object of port, host'],
    [null, 'takes an object of port, host'],
    [['port'], 'takes an object of port, host'],
    [{ autologin: 1 }, 'There is no option "autologin"; there are port, host'],
    [{ port: '8080' }, '"port" takes 0 to 65535.'],
    [{ port: -1 }, '"port" takes 0 to 65535.'],
    [{ port: 70_000 }, '"port" takes 0 to 65535.'],
    [{ host: 127 }, '"host" takes a host'],
    [{ app: { key: 'k' } }, '"app" takes id, key and secret.'],
    [{ apps: {} }, '"apps" takes a list'],
    [{ level: 'full' }, '"level" takes guide, log or outbox.'],
    [{ autoLogin: {} }, '"autoLogin" takes the id of a customer'],
    [{ channelRule: 'any' }, '"channelRule" takes exact or stock.'],
    [{ allowedOrigins: 'http://127.0.0.1:5173' }, '"allowedOrigins" takes a list'],
    [{ policy: 5 }, '"policy" takes an object'],
    [{ keepEntries: 1.5 }, '"keepEntries" takes'],
    [{ sweepMs: 'soon' }, '"sweepMs" takes'],
    [{ sweepMs: 0 }, '"sweepMs" takes milliseconds, 1 to 2147483647.'],
    [{ sweepMs: 2_147_483_648 }, '"sweepMs" takes milliseconds, 1 to 2147483647.'],
    [{ allowedOrigins: ['http://127.0.0.1:5173/'] }, '"allowedOrigins" takes a list'],
    [{ allowedOrigins: ['http://LocalHost:5173'] }, '"allowedOrigins" takes a list'],
    [{ allowedOrigins: ['*'] }, '"allowedOrigins" takes a list'],
    [{ apps: new Array(1) }, '"apps" takes a list'],
    [{ policy: { poll: 5 } }, '"policy" takes an object'],
    [{ policy: { pollMs: '5000' } }, '"policy" takes an object'],
    [{ policy: { enabled: 'no' } }, '"policy" takes an object'],
    [{ pages: new URL('http://shop.test/') }, '"pages" takes the path of a folder.'],
    [{ pages: 5 }, '"pages" takes the path of a folder.'],
    [{ pageHeaders: 'X-A: 1' }, '"pageHeaders" takes an object'],
    [{ pageHeaders: new Headers({ 'X-A': '1' }) }, '"pageHeaders" takes an object'],
    [{ onLog: console }, '"onLog" takes a function.'],
  ])('refuses options that are none, and says what is one: %j', async (options, words) => {
    await expect(startServer(options as never)).rejects.toMatchObject({
      code: 'bad-options',
      message: expect.stringContaining(words),
    })
  })

  it.each<[string, StartServerOptions]>([
    ['a URL of another class', { pages: Object.assign(Object.create(null), urlParts(new URL('./', import.meta.url))) }],
    ['what nobody counts', { keepEntries: Number.POSITIVE_INFINITY, maxRequestSize: Number.POSITIVE_INFINITY }],
    ['origins that are no web page’s', { allowedOrigins: ['null', 'capacitor://localhost', 'http://[::1]:5173'] }],
    ['a frozen policy with something left out', { policy: Object.freeze({ pollMs: 0, enabled: undefined }) }],
    ['an object without a prototype', Object.assign(Object.create(null), { level: 'log' })],
    ['what an object inherits, as nothing', Object.create({ pages: 5, port: 'x', apps: [null] })],
  ])('takes %s', async (_, options) => {
    const server = await startServer(options)
    await server.close()
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('uses what it has looked at: an option is read once', async () => {
    let reads = 0
    const options = {
      get level() {
        reads += 1
        return 'log' as const
      },
    }
    const server = await startServer(options)
    await server.close()
    expect(reads).toBe(1)
  })

  it('takes options that are undefined for left out', async () => {
    const { url } = await serve({ port: undefined, level: undefined, pages: undefined, autoLogin: undefined })
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('says when a host is not here', async () => {
    await expect(startServer({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'host-not-here' })
  })
})

describe('whatever a client sends', () => {
  it.each([
    'nonsense\r\n\r\n',
    'GET  HTTP/1.1\r\n\r\n',
    'GET http://evil.example/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'GET /%zz HTTP/1.1\r\nHost: \xff\r\nConnection: close\r\n\r\n',
    'GET /app/cart-bed-key HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    'GET /app/cart-bed-key HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
    'POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
    'POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf',
  ])('the server goes on: %.60j', async (bytes) => {
    const server = await serve()
    const client = await greetedSocket(server)
    await shout(server.url, bytes)
    await settled(client)
    expect((await openBrowser(server.url).get('/up')).status).toBe(200)
  })

  it.each(['application/json', 'application/x-www-form-urlencoded', ''])('a huge body is refused: %j', async (type) => {
    const { url } = await serve()
    for (const path of ['/login', '/broadcasting/auth', '/admin/burst', '/apps/1001/events']) {
      const answer = await rawRequest(url, path, {
        method: 'POST',
        headers: { 'content-type': type },
        body: 'x'.repeat(65_537),
      })
      expect(answer).toEqual({ status: 413, text: 'Payload too large.' })
    }
  })

  it('a huge body without a length is refused, too', async () => {
    const { url } = await serve()
    const chunk = `ffff\r\n${'x'.repeat(0xffff)}\r\n`
    const head = 'POST /login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(await shout(url, `${head}${chunk}${chunk}0\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /)
  })

  it('malformed input is no input', async () => {
    const browser = openBrowser((await serve()).url)
    const { csrf_token } = (await browser.get('/session')).json
    for (const body of ['{', '"text"', '[1]', 'null', '{"customer":', '\u0000']) {
      const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf_token }
      expect((await browser.send('/login', { method: 'POST', body, headers })).status).toBe(422)
    }
  })
})
