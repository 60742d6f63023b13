#!/usr/bin/env bash
# A link that the server answers with a file to keep (an invoice), or with 204. The page stays, but in Firefox 153.8.0 ESR its EventSource is ended at that click: for good (`readyState` 2, no new attempt), and without an
# `error` event, so that no code of the page can hear of it. By the standard a connection that is failed is told (https://html.spec.whatwg.org/multipage/server-sent-events.html#fail-the-connection), and Firefox
# does tell it at `window.stop()`. The page's WebSocket ends, too, by 1001, but with its `close` event (known: https://bugzilla.mozilla.org/show_bug.cgi?id=896666), and a request under way fails with TypeError, as
# it does in WebKitGTK 2.50.6 (which ends nothing else). Chromium 156 ends none of them. A link with `download`, or with `target="_blank"`, ends nothing anywhere; what else helps is to look at `readyState` now and then.
# Needs Firefox, which npm has not: apt-get install firefox-esr (Debian). Debian's Chromium is tried, too, where it is installed.
# Seen: as below; Chromium: "EventSource open, errors 0, WebSocket open" in all rows.
set -euo pipefail
[ -x /usr/bin/firefox-esr ] || { echo "Needs Firefox: apt-get install firefox-esr"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts puppeteer-core@24.43.1 ws@8.18.0 > /dev/null
cat > run.mjs <<'JS'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import puppeteer from 'puppeteer-core'
import { WebSocketServer } from 'ws'

const server = createServer(({ url }, response) => {
  if (url === '/events') return response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('retry: 300\ndata: hello\n\n')
  if (url === '/invoice') return response.writeHead(200, { 'Content-Type': 'application/pdf', 'Content-Disposition': 'attachment; filename="invoice.pdf"' }).end('%PDF-1.4')
  if (url === '/nothing') return response.writeHead(204).end()
  response.setHeader('Content-Type', 'text/html').end('<!doctype html><a id="link">')
})
new WebSocketServer({ server })
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}/`
const OPEN = `new Promise((opened) => {
  window.errors = 0
  window.socket = new WebSocket(location.href.replace('http', 'ws'))
  window.source = new EventSource('/events')
  source.addEventListener('error', () => errors++)
  const looking = setInterval(() => {
    if (socket.readyState !== 1 || source.readyState !== 1) return
    clearInterval(looking)
    opened(1)
  }, 50)
})`
const STATES = "['connecting', 'open', 'closing', 'closed']"
const ACTS = {
  'a link to a file': "link.href = '/invoice', link.click(), 1",
  'a link to a 204': "link.href = '/nothing', link.click(), 1",
  'a link to a file, with download': "link.href = '/invoice', link.download = '', link.click(), 1",
}
const browsers = { Firefox: { browser: 'firefox', executablePath: '/usr/bin/firefox-esr' } }
if (existsSync('/usr/bin/chromium')) browsers.Chromium = { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] }
for (const [name, options] of Object.entries(browsers)) {
  const browser = await puppeteer.launch(options)
  for (const [what, act] of Object.entries(ACTS)) {
    const page = await browser.newPage()
    await page.goto(url)
    await page.evaluate(OPEN)
    await page.evaluate(act)
    await new Promise((resolve) => setTimeout(resolve, 3000))
    console.log(await page.evaluate(`\`${name}, ${what}: EventSource \${['connecting', 'open', 'closed'][source.readyState]}, errors \${errors}, WebSocket \${${STATES}[socket.readyState]}\``))
    await page.close()
  }
  await browser.close()
}
process.exit(0)
JS
# The files that are kept go into this folder, too.
seen=$(HOME=$folder node run.mjs)
echo "$seen"
[ "$(grep Firefox <<< "$seen")" = "Firefox, a link to a file: EventSource closed, errors 0, WebSocket closed
Firefox, a link to a 204: EventSource closed, errors 0, WebSocket closed
Firefox, a link to a file, with download: EventSource open, errors 0, WebSocket open" ]
[ "$(sed -n 's/^Chromium.*: //p' <<< "$seen" | sort -u)" = "$([ -x /usr/bin/chromium ] && echo "EventSource open, errors 0, WebSocket open")" ]
