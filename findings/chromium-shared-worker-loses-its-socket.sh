#!/usr/bin/env bash
# A SharedWorker that holds one WebSocket for all pages of a site, so that it outlasts them. In Chromium 156 the worker does, and the socket does not: when the only tab goes to the next page, the worker is put to sleep
# with the page that is kept for Back, and its socket is cut (the server sees 1001, the worker `error` and then `close` by 1006, once it wakes). The next page finds the very same worker, awake, with a dead socket,
# though it looked for it at once. While another tab is open, nothing is cut. In Firefox 153.8.0 ESR (and WebKitGTK 2.50.6) worker and socket go on, and what was sent meanwhile arrives. Chrome has
# announced for 149 that a page's own sockets are cut when it is kept for Back (https://chromestatus.com/feature/5068439115923456, https://github.com/whatwg/html/issues/12085), with no word of a worker's that the next
# page shares. So whoever tries it with two tabs, or in another browser, sees it hold; a shopper with one tab pays a new connection at each click, or hears nothing more where the worker does not dial again.
# Needs Firefox and Chromium, which npm has not: apt-get install firefox-esr chromium (Debian).
# Seen: as below.
set -euo pipefail
[ -x /usr/bin/firefox-esr ] && [ -x /usr/bin/chromium ] || { echo "Needs Firefox and Chromium: apt-get install firefox-esr chromium"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts puppeteer-core@24.43.1 ws@8.18.0 > /dev/null
cat > run.mjs <<'JS'
import { createServer } from 'node:http'
import puppeteer from 'puppeteer-core'
import { WebSocketServer } from 'ws'

// Tells whoever asks which worker it is, and how its only socket fares.
const WORKER = `
const id = String(Math.random())
const heard = []
const socket = new WebSocket(location.origin.replace('http', 'ws'))
for (const name of ['open', 'error', 'close']) socket.addEventListener(name, ({ code }) => heard.push(code ? name + ' ' + code : name))
onconnect = ({ ports: [port] }) => {
  port.onmessage = () => port.postMessage({ id, heard })
}`
const server = createServer(({ url }, response) => {
  response.setHeader('Content-Type', url === '/worker.js' ? 'text/javascript' : 'text/html')
  response.end(url === '/worker.js' ? WORKER : '<!doctype html>')
})
new WebSocketServer({ server })
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}/`
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const ASK = `new Promise((answered) => {
  const { port } = (window.worker ??= new SharedWorker('/worker.js'))
  port.onmessage = ({ data }) => answered(data)
  port.postMessage('who are you?')
})`
const opened = async (browser) => {
  const page = await browser.newPage()
  await page.goto(url)
  while (!(await page.evaluate(ASK)).heard.includes('open')) await pause(50)
  return page
}
const browsers = {
  Firefox: { browser: 'firefox', executablePath: '/usr/bin/firefox-esr' },
  Chromium: { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] },
}
for (const [name, options] of Object.entries(browsers)) {
  for (const tabs of [1, 2]) {
    const browser = await puppeteer.launch(options)
    const page = await opened(browser)
    if (tabs === 2) await opened(browser)
    const { id } = await page.evaluate(ASK)
    await page.goto(`${url}next`)
    await page.evaluate(ASK)
    await pause(2000)
    const then = await page.evaluate(ASK)
    console.log(`${name}, next page of ${tabs === 1 ? 'the only tab' : 'one of two tabs'}: ${then.id === id ? 'the same' : 'another'} worker, its socket: ${then.heard.join(', ')}`)
    await browser.close()
  }
}
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "Firefox, next page of the only tab: the same worker, its socket: open
Firefox, next page of one of two tabs: the same worker, its socket: open
Chromium, next page of the only tab: the same worker, its socket: open, error, close 1006
Chromium, next page of one of two tabs: the same worker, its socket: open" ]
