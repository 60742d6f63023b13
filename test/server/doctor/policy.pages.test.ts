import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { mayRun, maySend, readPolicy } from '../../../src/server/doctor/policy'
import { openBrowser } from '../../support/browser'
import { portOf } from './support/front'

const { browser, close } = await openBrowser()
afterAll(close)

const CODE = 'window.hasRun = true'

/** What a page is served with. */
interface Served {
  policy: string
  tag: string
}

/** A server of a page, of a script at every other path, and of sockets; gives its host. */
const serve = (served: Served): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer(({ url }, response) => {
      const isPage = url === '/'
      response
        .writeHead(200, {
          'Content-Type': isPage ? 'text/html' : 'text/javascript',
          'Access-Control-Allow-Origin': '*',
          'Content-Security-Policy': served.policy,
        })
        .end(isPage ? `<!DOCTYPE html><body>${served.tag}` : CODE)
    })
    const sockets = new WebSocketServer({ server })
    onTestFinished(() => {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      server.close()
    })
    server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${portOf(server.address())}`))
  })

it('what a policy lets a page send is what Chromium lets it send', async () => {
  const served = { policy: '', tag: '' }
  const [own, other] = [await serve(served), await serve(served)]
  const addresses = [own, other].flatMap((host) => [`http://${host}/`, `ws://${host}/`])
  const page = await browser.newPage()
  const sources = [
    "'self'",
    "'none'",
    'ws:',
    'wss:',
    'http:',
    '*',
    other,
    `http://${other}`,
    `ws://${other}`,
    '127.0.0.1:*',
    '127.0.0.1',
  ]
  for (const source of sources) {
    served.policy = `default-src *; connect-src ${source}`
    await page.goto(`http://${own}/`)
    const sent = await page.evaluate(
      (all) =>
        Promise.all(
          all.map((address) =>
            address.startsWith('ws')
              ? new Promise((resolve) => {
                  const socket = new WebSocket(address)
                  socket.onopen = () => resolve(true)
                  socket.onerror = () => resolve(false)
                })
              : fetch(address).then(
                  () => true,
                  () => false,
                ),
          ),
        ),
      addresses,
    )
    const said = addresses.map((address) => maySend(readPolicy(served.policy), new URL(address), `http://${own}`))
    expect(said, source).toEqual(sent)
  }
})

it('what a policy lets a page run is what Chromium runs', async () => {
  const pin = `sha384-${createHash('sha384').update(CODE).digest('base64')}`
  const served = { policy: '', tag: '' }
  const [own, other] = [await serve(served), await serve(served)]
  const page = await browser.newPage()
  const sources = [
    ...[
      "'self'",
      "'none'",
      'http:',
      'https:',
      '*',
      other,
      `http://${other}`,
      `http://${other}/js/`,
      `http://${other}/js/cart-echo.js`,
    ],
    ...[
      `http://${other}/css/`,
      '127.0.0.1:*',
      "'nonce-n1'",
      "'nonce-n2'",
      `'${pin}'`,
      "'sha384-abc'",
      "'strict-dynamic' *",
    ],
    ...["'strict-dynamic' 'nonce-n1'", `'strict-dynamic' '${pin}'`, "'unsafe-inline'", '', '://'],
  ]
  for (const host of [own, other]) {
    for (const source of sources) {
      served.policy = `script-src ${source}`
      served.tag = `<script src="http://${host}/js/cart-echo.js" nonce="n1" integrity="${pin}" crossorigin></script>`
      await page.goto(`http://${own}/`)
      const script = { address: new URL(`http://${host}/js/cart-echo.js`), nonce: 'n1', integrity: pin }
      const hasRun = await page.evaluate(() => 'hasRun' in window)
      expect(mayRun(readPolicy(served.policy), script, `http://${own}`), `${source} ${host === own}`).toBe(hasRun)
    }
  }
})
