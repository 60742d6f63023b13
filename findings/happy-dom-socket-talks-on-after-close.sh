#!/usr/bin/env bash
# The WebSocket that happy-dom has since 20 (not yet in 20.0.11), in 21.0.4. After close() it goes on: readyState stays 1, and every message that still comes is handed out. It says no
# `error`, ever: a server that cannot be reached is a `close` alone. And an instance has no OPEN, so `socket.readyState === socket.OPEN` is false of an open one. By the standard (https://websockets.spec.whatwg.org) a socket is
# CLOSING (2) from close() on and hears nothing more, a failure is `error` and then `close`, and the four constants are on instances too; jsdom 27.4.0 does all three.
# Both say `wasClean: true` of a connection that was cut without a close frame (1006): what connects again only after an unclean end stays away in tests, and not in browsers.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund happy-dom@21.0.4 jsdom@27.4.0 ws@8.18.0 > /dev/null
cat > run.mjs <<'JS'
import { Window } from 'happy-dom'
import { JSDOM } from 'jsdom'
import { WebSocketServer } from 'ws'

const listen = async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  return { server, url: `ws://127.0.0.1:${server.address().port}` }
}
const { server, url } = await listen()
server.on('connection', (socket, { url }) => {
  if (url === '/cut') socket.terminate()
  else for (const text of ['a', 'b', 'c']) socket.send(text)
})
const gone = await listen()
gone.server.close()

const closed = (socket) => new Promise((resolve) => socket.addEventListener('close', resolve))
const see = async (name, WebSocket) => {
  const open = new WebSocket(`${url}/`)
  const heard = []
  let stateAfter
  open.addEventListener('message', ({ data }) => {
    heard.push(data)
    if (data !== 'a') return
    open.close()
    stateAfter = open.readyState
  })
  await closed(open)
  const unreachable = new WebSocket(gone.url)
  const said = []
  for (const event of ['error', 'close']) unreachable.addEventListener(event, () => said.push(event))
  await closed(unreachable)
  const { code, wasClean } = await closed(new WebSocket(`${url}/cut`))
  console.log(`${name}: after close() at "a" ${stateAfter}, heard ${heard.join(' ')}; unreachable: ${said.join(' ')}; OPEN ${open.OPEN}; cut: ${code}, wasClean ${wasClean}`)
}
await see('happy-dom', new Window({ url: 'http://127.0.0.1/' }).WebSocket)
await see('jsdom', new JSDOM('', { url: 'http://127.0.0.1/' }).window.WebSocket)
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = 'happy-dom: after close() at "a" 1, heard a b c; unreachable: close; OPEN undefined; cut: 1006, wasClean true
jsdom: after close() at "a" 2, heard a; unreachable: error close; OPEN 1; cut: 1006, wasClean true' ]
