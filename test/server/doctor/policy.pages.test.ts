import { createServer } from 'node:http'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { maySend, readPolicy } from '../../../src/server/doctor/policy'
import { openBrowser } from '../../support/browser'
import { portOf } from './support/front'

const { browser, close } = await openBrowser()
afterAll(close)

/** A server of pages with a policy, and of sockets; gives its host. */
const serve = (policy: () => string): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer((_, response) =>
      response
        .writeHead(200, {
          'Content-Type': 'text/html',
          'Access-Control-Allow-Origin': '*',
          'Content-Security-Policy': policy(),
        })
        .end('<!DOCTYPE html>'),
    )
    const sockets = new WebSocketServer({ server })
    onTestFinished(() => {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      server.close()
    })
    server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${portOf(server.address())}`))
  })

it('what a policy lets a page send is what Chromium lets it send', async () => {
  let policy = ''
  const [own, other] = [await serve(() => policy), await serve(() => '')]
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
    policy = `default-src *; connect-src ${source}`
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
    const said = addresses.map((address) => maySend(readPolicy(policy), new URL(address), `http://${own}`))
    expect(said, source).toEqual(sent)
  }
})
