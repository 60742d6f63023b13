#!/usr/bin/env bash
# pusher-js 8.1.0 with only WebSocket allowed, as laravel-echo's reverb connector has it: when two open connections in a row end without a close frame (a restarted proxy, a network that changes),
# it says "failed" and never dials again, though every handshake before had worked: a WebSocket has two lives there, which is
# meant for a page that has another transport to turn to. 8.2.0 goes on.
# Seen: "8.1.0: connected connecting connected failed" and "8.2.0: connected connecting connected connecting connected".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund ws@8.18.0 pusher-81@npm:pusher-js@8.1.0 pusher-82@npm:pusher-js@8.2.0 > /dev/null
cat > run.cjs <<'JS'
const { WebSocketServer } = require('ws')
const outer = require(process.argv[2])
const Pusher = outer.Pusher ?? outer.default ?? outer
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
let connections = 0
server.on('connection', (socket) => {
  connections += 1
  const data = JSON.stringify({ socket_id: `${connections}.1`, activity_timeout: 30 })
  socket.send(JSON.stringify({ event: 'pusher:connection_established', data }))
  if (connections < 3) setTimeout(() => socket.terminate(), 200)
})
server.on('listening', () => {
  const { port } = server.address()
  const pusher = new Pusher('key', { wsHost: '127.0.0.1', wsPort: port, forceTLS: false, enabledTransports: ['ws'], cluster: '' })
  const states = []
  pusher.connection.bind('state_change', ({ current, previous }) => {
    if (previous !== 'initialized') states.push(current)
  })
  setTimeout(() => {
    console.log(states.join(' '))
    process.exit(0)
  }, 8_000)
})
JS
old=$(node run.cjs pusher-81)
new=$(node run.cjs pusher-82)
echo "8.1.0: $old"
echo "8.2.0: $new"
[ "$old" = "connected connecting connected failed" ] && [ "$new" = "connected connecting connected connecting connected" ]
