#!/usr/bin/env bash
# @fastify/http-proxy 11.6.3 (since 8.4.0) with `websocket: true` ends the page's WebSocket itself when the server behind it is gone, and makes a number of its own of what may not be sent: 1006, a connection that was
# cut, arrives as 4006, and 1005, a close without a code, as 4005 (index.js, liftErrorCode). Its README says nothing of it, and RFC 6455 (7.4.2) leaves 4000 to 4999 to the application, for which
# these numbers have a meaning. To pusher-js 8.6.0 all of 4000 to 4099 are "do not connect again": through this proxy each restart of the server leaves every open page silent until it is
# loaded anew, where without it the page is back in a second or two. graphql-ws 6.4.2 has 4005 for "internal client error", which is fatal whatever its `shouldRetry` says; 4006 it tries again.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @fastify/http-proxy@11.6.3 fastify@5.12.8 graphql@16.11.0 graphql-ws@6.4.2 pusher-js@8.6.0 ws@8.23.0 > /dev/null
cat > run.mjs <<'JS'
import { createServer } from 'node:http'
import proxy from '@fastify/http-proxy'
import fastify from 'fastify'
import { createClient } from 'graphql-ws'
import PusherModule from 'pusher-js'
import WebSocket, { WebSocketServer } from 'ws'

const Pusher = PusherModule.Pusher ?? PusherModule.default ?? PusherModule
const greeting = JSON.stringify({ event: 'pusher:connection_established', data: JSON.stringify({ socket_id: '1.1', activity_timeout: 30 }) })

const clients = {
  'pusher-js': (port, heard) => {
    const pusher = new Pusher('key', { wsHost: '127.0.0.1', wsPort: port, forceTLS: false, enabledTransports: ['ws'], cluster: '' })
    pusher.connection.bind('error', ({ data }) => data && heard(data.code))
    return () => pusher.disconnect()
  },
  'graphql-ws': (port, heard) => {
    const client = createClient({
      url: `ws://127.0.0.1:${port}/`, webSocketImpl: WebSocket, shouldRetry: () => true, retryWait: () => new Promise((resolve) => setTimeout(resolve, 500)),
      on: { closed: ({ code }) => heard(code) },
    })
    client.subscribe({ query: 'subscription { paid }' }, { next() {}, error() {}, complete() {} })
    return () => client.terminate()
  },
}

// A server of both protocols. It ends its first connection after 300 ms, and keeps all others.
const see = async (client, end, isProxied) => {
  let connections = 0
  const http = createServer()
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    connections += 1
    if (client === 'pusher-js') socket.send(greeting)
    else socket.on('message', (message) => JSON.parse(message).type === 'connection_init' && socket.send('{"type":"connection_ack"}'))
    if (connections === 1) setTimeout(() => socket[end](), 300)
  })
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve))
  let { port } = http.address()
  if (isProxied) {
    const app = fastify()
    app.register(proxy, { upstream: `http://127.0.0.1:${port}`, websocket: true })
    await app.listen({ host: '127.0.0.1', port: 0 })
    port = app.server.address().port
  }
  let code = 'none'
  const stop = clients[client](port, (heard) => {
    if (code === 'none') code = heard
  })
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  stop()
  return `${client}, ${end}(), ${isProxied ? 'proxied' : 'direct'}: heard ${code}, ${connections > 1 ? 'connected again' : 'never again'}`
}
const cases = Object.keys(clients).flatMap((client) => ['terminate', 'close'].flatMap((end) => [see(client, end, false), see(client, end, true)]))
for (const line of await Promise.all(cases)) console.log(line)
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "pusher-js, terminate(), direct: heard 1006, connected again
pusher-js, terminate(), proxied: heard 4006, never again
pusher-js, close(), direct: heard none, connected again
pusher-js, close(), proxied: heard 4005, never again
graphql-ws, terminate(), direct: heard 1006, connected again
graphql-ws, terminate(), proxied: heard 4006, connected again
graphql-ws, close(), direct: heard 1005, connected again
graphql-ws, close(), proxied: heard 4005, never again" ]
