#!/usr/bin/env bash
# `useWebSocket` of ahooks 3.11.0. Another address closes the socket of the last one, and an empty one opens none (alibaba/hooks#2177). But an address that becomes empty, as `user ? url : ''` does at a log-out, closes
# nothing: the component goes on hearing the news of whoever was there before, and says that it is open, until it is unmounted or gets another address. So does `manual: true` that comes later. In react-use-websocket 4.13.0
# an address that becomes null closes the socket. The documents (https://ahooks.js.org/hooks/use-web-socket) say of both only what they do at the start.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ahooks@3.11.0 react-use-websocket@4.13.0 react@19.3.1 react-dom@19.3.1 jsdom@27.4.0 ws@8.18.0 > /dev/null
cat > run.cjs <<'JS'
const { JSDOM } = require('jsdom')
const { WebSocketServer } = require('ws')

const { window } = new JSDOM('<main></main>', { url: 'http://127.0.0.1/' })
const { document, navigator, WebSocket } = window
Object.assign(globalThis, { window, document, navigator, WebSocket })
const { createElement } = require('react')
const { createRoot } = require('react-dom/client')
const ahooks = require('ahooks')
const other = require('react-use-websocket').default

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
server.on('connection', (socket, { url }) => {
  const talking = setInterval(() => socket.send(url), 50)
  socket.on('close', () => clearInterval(talking))
})
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
server.on('listening', async () => {
  const see = async (name, useIt, steps) => {
    const root = createRoot(document.querySelector('main'))
    const Part = ({ user, manual }) => {
      useIt(user && `ws://127.0.0.1:${server.address().port}/${user}`, { manual, onMessage: ({ data }) => heard.add(data) })
      return null
    }
    let heard
    for (const step of steps) {
      root.render(createElement(Part, step))
      await pause(500)
      heard = new Set()
      await pause(500)
      console.log(`${name}, ${JSON.stringify(step)}: ${server.clients.size} open, hears ${[...heard].join(' ') || 'nothing'}`)
    }
    root.unmount()
    await pause(500)
  }
  await see('ahooks', ahooks.useWebSocket, [{ user: '' }, { user: '7' }, { user: '' }, { user: '8' }, { user: '8', manual: true }])
  await see('react-use-websocket', other, [{ user: null }, { user: '7' }, { user: null }])
  process.exit(0)
})
JS
seen=$(node run.cjs)
echo "$seen"
[ "$seen" = 'ahooks, {"user":""}: 0 open, hears nothing
ahooks, {"user":"7"}: 1 open, hears /7
ahooks, {"user":""}: 1 open, hears /7
ahooks, {"user":"8"}: 1 open, hears /8
ahooks, {"user":"8","manual":true}: 1 open, hears /8
react-use-websocket, {"user":null}: 0 open, hears nothing
react-use-websocket, {"user":"7"}: 1 open, hears /7
react-use-websocket, {"user":null}: 0 open, hears nothing' ]
