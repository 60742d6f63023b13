#!/usr/bin/env bash
# Playwright 1.65.1 and `page.routeWebSocket`, when the route does nothing but `connectToServer()`. The page's WebSocket is Playwright's own from then on, and is laxer than Chromium's: an address, a sub-protocol or a
# reason that the browser throws for makes a socket, `send` while it connects and a code that may not be sent throw an Error without a name in the place of a DOMException, events are not trusted, and what awaits in one
# listener goes on after all the others, not before the next one. So a test that watches the traffic passes where the shop's page throws, and in another order. Its documents
# (https://playwright.dev/docs/api/class-websocketroute) say of such a route only that messages are forwarded.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund playwright-core@1.65.1 @sparticuz/chromium@147.0.0 ws@8.18.0 > /dev/null
cat > run.mjs <<'JS'
import { createServer } from 'node:http'
import sparticuz from '@sparticuz/chromium'
import { chromium } from 'playwright-core'
import { WebSocketServer } from 'ws'

const server = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html>'))
new WebSocketServer({ server })
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}/`
const browser = await chromium.launch({
  executablePath: await sparticuz.executablePath(),
  args: ['--no-sandbox', '--headless=shell', '--disable-gpu'],
})
const TRIES = {
  'a scheme it cannot': "new WebSocket('ftp://shop.test/')",
  'a sub-protocol with a blank': "new WebSocket(address, 'a b')",
  'send while it connects': "new WebSocket(address).send('')",
  'close by 1001': 'new WebSocket(address).close(1001)',
  'a reason of 124 bytes': "new WebSocket(address).close(4000, 'x'.repeat(124))",
}
const ORDER = `new Promise((resolve) => {
  const order = []
  const socket = new WebSocket(address)
  socket.addEventListener('open', async () => {
    order.push('first')
    await null
    order.push('first goes on')
  })
  socket.addEventListener('open', ({ isTrusted }) => {
    order.push('second')
    setTimeout(() => resolve(order.join(', ') + (isTrusted ? ', trusted' : ', not trusted')))
  })
})`
for (const isRouted of [false, true]) {
  const page = await browser.newPage()
  if (isRouted) await page.routeWebSocket('**', (socket) => void socket.connectToServer())
  await page.goto(url)
  await page.evaluate(`globalThis.address = '${url.replace('http', 'ws')}'`)
  const of = isRouted ? 'routed' : 'own'
  for (const [what, code] of Object.entries(TRIES)) {
    const seen = await page.evaluate(`(() => { try { ${code}; return 'nothing' } catch (thrown) { return thrown.name } })()`)
    console.log(`${of}, ${what}: throws ${seen}`)
  }
  console.log(`${of}, open: ${await page.evaluate(ORDER)}`)
  await page.close()
}
await browser.close()
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "own, a scheme it cannot: throws SyntaxError
own, a sub-protocol with a blank: throws SyntaxError
own, send while it connects: throws InvalidStateError
own, close by 1001: throws InvalidAccessError
own, a reason of 124 bytes: throws SyntaxError
own, open: first, first goes on, second, trusted
routed, a scheme it cannot: throws nothing
routed, a sub-protocol with a blank: throws nothing
routed, send while it connects: throws Error
routed, close by 1001: throws Error
routed, a reason of 124 bytes: throws nothing
routed, open: first, second, first goes on, not trusted" ]
