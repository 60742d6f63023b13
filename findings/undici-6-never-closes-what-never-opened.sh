#!/usr/bin/env bash
# undici 6.29.1, the newest of the line whose WebSocket is the global one of Node 22. Where a connection cannot be made, as the port is closed, the server hangs up or a proxy answers 503, it says `error` and nothing
# more: `close` never comes, and `readyState` is 0, "connecting", for ever. By the standard (https://websockets.spec.whatwg.org/#concept-websocket-establish) `close` by 1006 follows, as it does in browsers, and it
# is `close` by which most of those who connect again know that it is time. So phoenix 1.8.16 and @supabase/realtime-js 2.109.0 with such a WebSocket try once while the server is away, and never
# again; under undici 7.30.2 they go on. A connection that stood and was lost is told well by both, so that what is seen first is that the first loss was survived.
# It is https://github.com/nodejs/undici/issues/3546, closed in 2024 by a change that only 7 got; the global WebSocket of Node 22.23.3 (which has undici 6.28.1) does the same.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @supabase/realtime-js@2.109.0 phoenix@1.8.16 six@npm:undici@6.29.1 seven@npm:undici@7.30.2 > /dev/null
cat > run.mjs <<'JS'
import { createServer } from 'node:http'
import { RealtimeClient } from '@supabase/realtime-js'
import { Socket } from 'phoenix'
import { WebSocket as Seven } from 'seven'
import { WebSocket as Six } from 'six'

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const listen = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server.address().port
}
let tries = 0
const server = createServer().on('upgrade', ({ url }, socket) => {
  tries += 1
  socket.end(url.startsWith('/busy') ? 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n' : '')
})
const port = await listen(server)
const gone = createServer()
const gonePort = await listen(gone)
await new Promise((resolve) => gone.close(resolve))

for (const [version, WebSocket] of Object.entries({ '6.29.1': Six, '7.30.2': Seven })) {
  const seen = []
  for (const [name, url] of Object.entries({ 'port closed': `ws://127.0.0.1:${gonePort}/`, 'hung up': `ws://127.0.0.1:${port}/`, 'answered 503': `ws://127.0.0.1:${port}/busy` })) {
    const heard = []
    const socket = new WebSocket(url)
    socket.onerror = () => heard.push('error')
    socket.onclose = ({ code }) => heard.push(`close ${code}`)
    await wait(1_000)
    seen.push(`${name}: ${heard.join(', ')}, readyState ${socket.readyState}`)
  }
  const clients = {
    phoenix: (url) => new Socket(url, { transport: WebSocket, reconnectAfterMs: () => 200 }),
    supabase: (url) => new RealtimeClient(url, { transport: WebSocket, params: { apikey: 'key' }, reconnectAfterMs: () => 200 }),
  }
  for (const [name, create] of Object.entries(clients)) {
    tries = 0
    const client = create(`ws://127.0.0.1:${port}/busy`)
    client.connect()
    await wait(3_000)
    seen.push(`${name} tried ${tries > 5 ? 'again and again' : tries}`)
    client.disconnect()
  }
  console.log(`${version}: ${seen.join('; ')}`)
}
process.exit(0)
JS
seen=$(node --no-warnings run.mjs)
echo "$seen"
[ "$seen" = '6.29.1: port closed: error, readyState 0; hung up: error, readyState 0; answered 503: error, readyState 0; phoenix tried 1; supabase tried 1
7.30.2: port closed: error, close 1006, readyState 3; hung up: error, close 1006, readyState 3; answered 503: error, close 1006, readyState 3; phoenix tried again and again; supabase tried again and again' ]
