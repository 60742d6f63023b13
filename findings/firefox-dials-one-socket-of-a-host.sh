#!/usr/bin/env bash
# Firefox 153.8.0 ESR dials one WebSocket of a host at a time, whatever the port: while a server on one port has taken a connection and does not answer, a page's socket to another server of that host, on another
# port, is not even begun, though it may long be fetched from. RFC 6455 (4.1) asks for turns by host and port in one sentence and by address in another; Chromium 156 takes turns by both, and opens the other at once. So
# a hung service, or a development server that its debugger has stopped, looks as if the healthy one beside it did not answer. (A page of another site is not held up: each site has turns of its own.)
# Needs Firefox, which npm has not: apt-get install firefox-esr (Debian).
# Seen: "fetch: answered", "socket beside one that hangs: not dialled in 3 s", "the one that hung ended: open".
set -euo pipefail
[ -x /usr/bin/firefox-esr ] || { echo "Needs Firefox: apt-get install firefox-esr"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts puppeteer-core@24.43.1 ws@8.18.0 > /dev/null
cat > run.mjs <<'JS'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import puppeteer from 'puppeteer-core'
import { WebSocketServer } from 'ws'

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const listening = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${server.address().port}`
}
const server = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html>'))
let dialled = 0
server.on('upgrade', () => dialled++)
new WebSocketServer({ server })
const healthy = await listening(server)
const held = []
const hung = await listening(createTcpServer((socket) => held.push(socket.on('error', () => {}))))

const browser = await puppeteer.launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr' })
const page = await browser.newPage()
await page.goto(`http://${healthy}/`)
await page.evaluate(`void new WebSocket('ws://${hung}/')`)
while (held.length === 0) await pause(50)
await page.evaluate(`(window.socket = new WebSocket('ws://${healthy}/'), 1)`)
console.log(`fetch: ${await page.evaluate(`fetch('http://${healthy}/').then(() => 'answered')`)}`)
await pause(3000)
console.log(`socket beside one that hangs: ${dialled === 0 ? 'not dialled in 3 s' : 'dialled'}`)
for (const socket of held) socket.destroy()
for (let tries = 0; tries < 100 && (await page.evaluate('socket.readyState')) === 0; tries++) await pause(50)
console.log(`the one that hung ended: ${(await page.evaluate('socket.readyState')) === 1 ? 'open' : 'not open'}`)
await browser.close()
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "fetch: answered
socket beside one that hangs: not dialled in 3 s
the one that hung ended: open" ]
