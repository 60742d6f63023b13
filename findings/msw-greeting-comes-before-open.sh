#!/usr/bin/env bash
# Sockets that msw 2.15.0 plays (the last for Node 20; 3.0.5 did the same, tried with the Promise.withResolvers that Node 20 lacks). Where the server greets at once, as every server of the Pusher protocol does, code that adds its listeners
# three microtasks after `new WebSocket` or later, behind an `await` or two, hears the greeting first and `open` after it. A socket that is closed while it connects, as by a time-out, ends cleanly, by 1000 and
# without an `error`. And after close() messages go on. A real one (undici 7.30.2, whose class is Node's own) says `open` first, ends by `error` and 1006, and is silent: what is to happen when connecting failed does not happen under msw.
# That ends made by the mock count as clean is meant so (mswjs/interceptors#610); the three are not in its documents.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts msw@2.15.0 undici@7.30.2 ws@8.18.0 > /dev/null
cat > run.mjs <<'JS'
import { WebSocket as Real } from 'undici'
import { WebSocketServer } from 'ws'

globalThis.WebSocket = Real
const { ws } = await import('msw')
const { setupServer } = await import('msw/node')
const greet = (socket) => {
  for (const text of ['hello', 'again']) socket.send(text)
}
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }).on('connection', greet)
await new Promise((resolve) => server.once('listening', resolve))
const link = ws.link('ws://shop.test/')
setupServer(link.addEventListener('connection', ({ client }) => greet(client))).listen()

const see = async (name, WebSocket, url) => {
  const note = (socket, run) => {
    const said = []
    for (const type of ['open', 'message', 'error', 'close']) {
      socket.addEventListener(type, ({ data, code, wasClean }) => {
        said.push(type === 'message' ? data : type === 'close' ? `close ${code} ${wasClean ? 'clean' : 'unclean'}` : type)
        run?.(type)
      })
    }
    return said
  }
  const pause = () => new Promise((resolve) => setTimeout(resolve, 300))
  const late = new WebSocket(url)
  for (let microtask = 0; microtask < 3; microtask += 1) await null
  const first = note(late)
  await pause()
  const connecting = new WebSocket(url)
  const second = note(connecting)
  connecting.close()
  await pause()
  const talking = new WebSocket(url)
  const third = note(talking, (type) => type === 'message' && talking.close())
  await pause()
  console.log(`${name}: listens late: ${first.join(', ')}; closed while connecting: ${second.join(', ')}; closed at hello: ${third.slice(0, -1).join(', ')}`)
}
await see('real', Real, `ws://127.0.0.1:${server.address().port}/`)
await see('msw', globalThis.WebSocket, 'ws://shop.test/')
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "real: listens late: open, hello, again; closed while connecting: error, close 1006 unclean; closed at hello: open, hello
msw: listens late: hello, again, open; closed while connecting: close 1000 clean; closed at hello: open, hello, again" ]
