#!/usr/bin/env bash
# pusher 5.3.4 (npm's, for servers) and pusher-js 8.6.0. A string that is triggered is sent as it is, anything else as JSON; the page reads as JSON whatever it can. So '7' arrives as a number, 'true' as a boolean, 'null' as
# null, and the digits of a long order number are rounded, while '007' stays a string. On a private-encrypted channel the same call encodes strings, too, and each arrives as it was:
# which kind a page gets depends on the channel's name.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund pusher@5.3.4 pusher-js@8.6.0 ws@8.18.0 > /dev/null
cat > run.mjs <<'JS'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import PusherServer from 'pusher'
import PusherModule from 'pusher-js'
import { WebSocketServer } from 'ws'

const Pusher = PusherModule.Pusher ?? PusherModule.default ?? PusherModule
// A server of the protocol: what comes by HTTP goes out to the page.
let page
const http = createServer(async (request, response) => {
  const { name, channels, data } = JSON.parse(await text(request))
  for (const channel of channels) page.send(JSON.stringify({ event: name, channel, data }))
  response.end('{}')
})
new WebSocketServer({ server: http }).on('connection', (socket) => {
  page = socket
  const data = JSON.stringify({ socket_id: '1.1', activity_timeout: 30 })
  socket.send(JSON.stringify({ event: 'pusher:connection_established', data }))
  socket.on('message', (message) => {
    const { event, data } = JSON.parse(message)
    if (event === 'pusher:subscribe') socket.send(JSON.stringify({ event: 'pusher_internal:subscription_succeeded', channel: data.channel, data: '{}' }))
  })
})
await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve))
const { port } = http.address()
const server = new PusherServer({
  appId: '1', key: 'key', secret: 'secret', host: '127.0.0.1', port: String(port), useTLS: false,
  encryptionMasterKeyBase64: Buffer.alloc(32, 1).toString('base64'),
})
const client = new Pusher('key', {
  wsHost: '127.0.0.1', wsPort: port, forceTLS: false, enabledTransports: ['ws'], cluster: '',
  channelAuthorization: { customHandler: ({ socketId, channelName }, tell) => tell(null, server.authorizeChannel(socketId, channelName)) },
})
for (const name of ['private-orders', 'private-encrypted-orders']) {
  const channel = client.subscribe(name)
  await new Promise((resolve) => channel.bind('pusher:subscription_succeeded', resolve))
  const heard = []
  for (const value of ['7', '007', 'true', 'null', '12345678901234567890']) {
    const told = new Promise((resolve) => channel.bind('paid', resolve))
    await server.trigger(name, 'paid', value)
    heard.push(`'${value}' as ${JSON.stringify(await told)}`)
    channel.unbind('paid')
  }
  console.log(`${name}: ${heard.join(', ')}`)
}
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "private-orders: '7' as 7, '007' as \"007\", 'true' as true, 'null' as null, '12345678901234567890' as 12345678901234567000
private-encrypted-orders: '7' as \"7\", '007' as \"007\", 'true' as \"true\", 'null' as \"null\", '12345678901234567890' as \"12345678901234567890\"" ]
