#!/usr/bin/env bash
# pusher-js 8.6.0 takes a close by 4200 to 4299 for "connect again at once" (core/connection/protocol/protocol.ts), and has no pause and no limit there. A server that is asked to end and
# still takes connections, to end each with 4200 as soketi 1.6.1 does for 3 s after SIGTERM, is connected to hundreds of times a second by every open page; against soketi itself
# 577 to 1,105 times in those 3 s by one page.
# Seen: "4200 after the greeting, for 3 s: 494 connections; 1006: 3 connections". How many depends on the machine: more than 100 count as seen.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund pusher-js@8.6.0 ws@8.18.0 > /dev/null
cat > run.cjs <<'JS'
const { WebSocketServer } = require('ws')
const module_ = require('pusher-js')
const Pusher = module_.Pusher ?? module_.default ?? module_
const code = Number(process.argv[2])
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
let connections = 0
server.on('connection', (socket) => {
  connections += 1
  const data = JSON.stringify({ socket_id: `${connections}.1`, activity_timeout: 30 })
  socket.send(JSON.stringify({ event: 'pusher:connection_established', data }))
  code === 1006 ? socket.terminate() : socket.close(code)
})
server.on('listening', () => {
  const { port } = server.address()
  new Pusher('key', { wsHost: '127.0.0.1', wsPort: port, forceTLS: false, enabledTransports: ['ws'], cluster: '' })
  setTimeout(() => {
    console.log(connections)
    process.exit(0)
  }, 3_000)
})
JS
stormed=$(node run.cjs 4200)
paused=$(node run.cjs 1006)
echo "4200 after the greeting, for 3 s: $stormed connections; 1006: $paused connections"
[ "$stormed" -gt 100 ] && [ "$paused" -lt 10 ]
