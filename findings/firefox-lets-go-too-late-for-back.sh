#!/usr/bin/env bash
# Firefox 153.8.0 ESR and a page that is left with an open WebSocket or a Web Lock. Whether it is kept for Back is decided before the page is told `pagehide`: one that closes its socket, releases its lock or
# gives up waiting for one in `pagehide`, as guides to the back/forward cache advise (https://web.dev/articles/bfcache), is loaded anew all the same. A lock that is merely waited for counts as one that is held,
# so that of several tabs that elect a leader by Web Lock none is kept. (Chromium 156 and WebKitGTK 2.50.6 keep all of these.)
# Needs Firefox, which npm has not: apt-get install firefox-esr (Debian).
# Seen: as below.
set -euo pipefail
[ -x /usr/bin/firefox-esr ] || { echo "Needs Firefox: apt-get install firefox-esr"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts puppeteer-core@24.43.1 ws@8.18.0 > /dev/null
cat > run.mjs <<'JS'
import { createServer } from 'node:http'
import puppeteer from 'puppeteer-core'
import { WebSocketServer } from 'ws'

const server = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html>'))
new WebSocketServer({ server })
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}/`
const browser = await puppeteer.launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr' })
const other = await browser.newPage()
await other.goto(url)
await other.evaluate("navigator.locks.request('other', () => new Promise(() => {})), 1")

const socket = (then) => `new Promise((opened) => {
  const socket = new WebSocket(location.href.replace('http', 'ws'))
  socket.onopen = () => { ${then}; opened(1) }
})`
const PAGES = {
  nothing: '1',
  'an open socket': socket(''),
  'a socket, closed in pagehide': socket("addEventListener('pagehide', () => socket.close())"),
  'a held lock': "navigator.locks.request('own', () => new Promise(() => {})), 1",
  'a held lock, released in pagehide': "navigator.locks.request('own', () => new Promise((release) => addEventListener('pagehide', release))), 1",
  'a lock waited for': "navigator.locks.request('other', () => {}), 1",
  'a lock waited for, given up in pagehide': `(() => {
    const waiting = new AbortController()
    navigator.locks.request('other', { signal: waiting.signal }, () => {}).catch(() => {})
    addEventListener('pagehide', () => waiting.abort())
    return 1
  })()`,
  'a lock that was held': "navigator.locks.request('own', () => 1)",
}
for (const [what, having] of Object.entries(PAGES)) {
  const page = await browser.newPage()
  await page.goto(url)
  await page.evaluate('window.isTheOneThatWasLeft = 1')
  await page.evaluate(having)
  await page.goto(`${url}away`)
  await page.goBack({ waitUntil: [] })
  while ((await page.evaluate('location.pathname').catch(() => '')) !== '/') await new Promise((resolve) => setTimeout(resolve, 50))
  console.log(`${what}: ${(await page.evaluate('window.isTheOneThatWasLeft === 1')) ? 'kept' : 'loaded anew'}`)
  await page.close()
}
await browser.close()
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "nothing: kept
an open socket: loaded anew
a socket, closed in pagehide: loaded anew
a held lock: loaded anew
a held lock, released in pagehide: loaded anew
a lock waited for: loaded anew
a lock waited for, given up in pagehide: loaded anew
a lock that was held: kept" ]
