#!/usr/bin/env bash
# http-proxy-middleware 4.2.2 (for Node 22, run here on 20), 3.0.11 and 2.0.12. When the server behind it resets the connection in the middle of an answer, the error handler that it brings along writes its sentence after
# what has come so far, and ends the answer as if that were all of it: the client has a 200 that is complete, its last lines missing and a line of English in their place. Without the proxy the
# same loss is an error. By the README it answers errors with a 5xx, which it does when nothing was sent yet; an error handler of one’s own, as in the example there, ends with the
# same call. Whoever reads JSON finds out; a CSV, a log, a feed or a page of HTML looks right.
# In 2.0.12, which webpack-dev-server 5.2.7 brings, the sentence goes into open WebSockets, too: its "E" is read as a frame with a reserved bit, so that the reset is told as
# "RSV1 must be clear" (the words of their issue 799), as if a compression were wrong. From 3 on sockets are spared.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund express@5.3.0 two@npm:http-proxy-middleware@2.0.12 three@npm:http-proxy-middleware@3.0.11 four@npm:http-proxy-middleware@4.2.2 ws@8.23.0 > /dev/null
cat > run.mjs <<'JS'
import { createServer } from 'node:http'
import express from 'express'
import WebSocket, { WebSocketServer } from 'ws'

const listen = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server.address().port
}
// A server that sends one line of its answer, or takes a WebSocket, and then loses the connection.
const shop = createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/csv' })
  response.write('order,total\n')
  setTimeout(() => request.socket.resetAndDestroy(), 100)
})
new WebSocketServer({ server: shop }).on('connection', (_, { socket }) => setTimeout(() => socket.resetAndDestroy(), 100))
const shopPort = await listen(shop)

const see = async (name, port) => {
  const answer = await fetch(`http://127.0.0.1:${port}/orders.csv`)
  const text = await answer.text().then((whole) => JSON.stringify(whole.replaceAll(String(port), 'PORT')), (error) => `error (${error.message})`)
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
  let error = 'lost'
  socket.on('error', ({ message }) => {
    if (!message.includes('ECONNRESET')) error = message
  })
  await new Promise((resolve) => socket.on('close', resolve))
  console.log(`${name}: ${answer.status}, ${text}; socket: ${error}`)
}
await see('direct', shopPort)
for (const [version, name] of Object.entries({ '2.0.12': 'two', '3.0.11': 'three', '4.2.2': 'four' })) {
  const { createProxyMiddleware } = await import(name)
  const middleware = createProxyMiddleware({ target: `http://127.0.0.1:${shopPort}`, ws: true, logLevel: 'silent' })
  const server = createServer(express().use(middleware))
  server.on('upgrade', middleware.upgrade)
  await see(version, await listen(server))
}
process.exit(0)
JS
seen=$(node --no-deprecation run.mjs)
echo "$seen"
[ "$seen" = 'direct: 200, error (terminated); socket: lost
2.0.12: 200, "order,total\nError occurred while trying to proxy: 127.0.0.1:PORT/orders.csv"; socket: Invalid WebSocket frame: RSV1 must be clear
3.0.11: 200, "order,total\nError occurred while trying to proxy: 127.0.0.1:PORT/orders.csv"; socket: lost
4.2.2: 200, "order,total\nError occurred while trying to proxy: 127.0.0.1:PORT/orders.csv"; socket: lost' ]
