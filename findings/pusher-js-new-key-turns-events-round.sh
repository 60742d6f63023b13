#!/usr/bin/env bash
# pusher-js 8.6.0 on a private-encrypted channel, when the server begins to use another key (npm's pusher 5.3.4, another encryptionMasterKeyBase64). An event that does not open has the page authorise anew, and is told when that is
# answered (pusher/pusher-js#294, 2018); but each event that comes before the first answer asks for itself, and what can be opened by then does not wait. So a burst of four is four requests from every page,
# and an event whose answer is slow is overtaken by all that come after it.
# Seen: "sent 1 2 3 4 5 6, told 2 3 4 5 6 1, authorised 1 time before and 4 times after".
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
const withKey = (byte) =>
  new PusherServer({
    appId: '1', key: 'key', secret: 'secret', host: '127.0.0.1', port: String(port), useTLS: false,
    encryptionMasterKeyBase64: Buffer.alloc(32, byte).toString('base64'),
  })
let server = withKey(1)

// Answers wait until they are let go.
const answers = []
const client = new Pusher('key', {
  wsHost: '127.0.0.1', wsPort: port, forceTLS: false, enabledTransports: ['ws'], cluster: '',
  channelAuthorization: {
    customHandler: ({ socketId, channelName }, tell) => answers.push(() => tell(null, server.authorizeChannel(socketId, channelName))),
  },
})
const until = async (isSo) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10))
}
const name = 'private-encrypted-orders'
const channel = client.subscribe(name)
await until(() => answers.length > 0)
const before = answers.splice(0)
for (const answer of before) answer()
await new Promise((resolve) => channel.bind('pusher:subscription_succeeded', resolve))

const told = []
let last = false
channel.bind('changed', (number) => told.push(number))
channel.bind('last', () => {
  last = true
})
server = withKey(2)
for (const number of [1, 2, 3, 4]) await server.trigger(name, 'changed', number)
await until(() => answers.length >= 4)
const [slow, ...others] = answers
for (const answer of others) answer()
for (const number of [5, 6]) await server.trigger(name, 'changed', number)
await server.trigger(name, 'last', {})
await until(() => last)
slow()
console.log(`sent 1 2 3 4 5 6, told ${told.join(' ')}, authorised ${before.length} time before and ${answers.length} times after`)
process.exit(0)
JS
seen=$(timeout 60 node run.mjs)
echo "$seen"
[ "$seen" = "sent 1 2 3 4 5 6, told 2 3 4 5 6 1, authorised 1 time before and 4 times after" ]
