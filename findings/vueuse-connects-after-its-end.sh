#!/usr/bin/env bash
# VueUse 15.0.0 (as 14.4.0) connects for nobody. `useWebSocket` with `heartbeat` and `autoReconnect`: when a pong stayed out, the socket is let go while the browser still waits for the other side to say goodbye, which takes
# long on a connection that is dead. `close()`, or the end of the component, comes to nothing in that time: as soon as the old socket is closed a new one is opened, and stays open. `useEventSource`
# with `autoReconnect`: where its address changes while it waits to try again, as at a log-in, it connects at once and once more when the wait is over: all is told twice, and the first stays open after the end of the component
# (a pull request, vueuse/vueuse#5625, tells of `close()` and `open()`). The documents (https://vueuse.org/core/useWebSocket/) say: "Explicitly calling close() won't trigger the auto
# reconnection", and that it is called when the scope is stopped.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
# It asks for Node 22; what is run here is for browsers.
npm install --silent --no-audit --no-fund --ignore-scripts @vueuse/core@15.0.0 vue@3.5.45 playwright-core@1.65.1 @sparticuz/chromium@147.0.0 ws@8.18.0 > /dev/null
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import sparticuz from '@sparticuz/chromium'
import { chromium } from 'playwright-core'
import { WebSocketServer } from 'ws'

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const FILES = ['vue/dist/vue.global.prod.js', '@vueuse/shared/dist/index.iife.min.js', '@vueuse/core/dist/index.iife.min.js']
const streams = new Set()
const server = createServer(({ url }, response) => {
  if (FILES.includes(url.slice(1))) return response.setHeader('Content-Type', 'text/javascript').end(readFileSync(`node_modules${url}`))
  if (url === '/') return response.setHeader('Content-Type', 'text/html').end(`<!doctype html>${FILES.map((file) => `<script src="/${file}"></script>`).join('')}`)
  if (url !== '/stream') return response.writeHead(503).end()
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': hello\n\n')
  streams.add(response)
  response.on('close', () => streams.delete(response))
})
// The first connection is dead: what comes on it is not read, a close frame neither. Later ones answer.
const sockets = []
new WebSocketServer({ server }).on('connection', (socket) => {
  if (sockets.push(socket.on('error', () => {})) === 1) socket.pause()
  else socket.on('message', (text) => socket.send(String(text)))
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const browser = await chromium.launch({
  executablePath: await sparticuz.executablePath(),
  args: ['--no-sandbox', '--headless=shell', '--disable-gpu'],
})
const page = await browser.newPage()
await page.goto(`http://127.0.0.1:${server.address().port}/`)

await page.evaluate(() => {
  globalThis.scope = Vue.effectScope()
  const address = `ws://${location.host}/`
  globalThis.socket = scope.run(() => VueUse.useWebSocket(address, { autoReconnect: true, heartbeat: { pongTimeout: 500 } }))
})
for (let tries = 0; tries < 100 && (await page.evaluate('socket.status.value')) !== 'OPEN'; tries++) await pause(50)
for (let tries = 0; tries < 100 && (await page.evaluate('socket.status.value')) !== 'CLOSED'; tries++) await pause(50)
await page.evaluate('socket.close(); scope.stop()')
console.log(`closed and stopped: ${sockets.length} connection, status ${await page.evaluate('socket.status.value')}`)
sockets[0].terminate()
await pause(3000)
console.log(`when the old one ended: ${sockets.length} connections, status ${await page.evaluate('socket.status.value')}`)

await page.evaluate(() => {
  globalThis.scope = Vue.effectScope()
  globalThis.address = Vue.ref('/not-yet')
  globalThis.told = []
  scope.run(() => {
    const { data } = VueUse.useEventSource(address, [], { autoReconnect: { delay: 1000 } })
    Vue.watch(data, (text) => told.push(text), { flush: 'sync' })
  })
})
await pause(500)
await page.evaluate("address.value = '/stream'")
await pause(1500)
let count = 0
for (const stream of streams) stream.write(`data: to ${++count}\n\n`)
await pause(300)
console.log(`one EventSource: ${streams.size} streams, told ${await page.evaluate("told.join(', ')")}`)
await page.evaluate('scope.stop()')
await pause(500)
console.log(`stopped: ${streams.size} stream`)
await browser.close()
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "closed and stopped: 1 connection, status CLOSED
when the old one ended: 2 connections, status OPEN
one EventSource: 2 streams, told to 1, to 2
stopped: 1 stream" ]
