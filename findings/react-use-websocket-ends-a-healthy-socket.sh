#!/usr/bin/env bash
# react-use-websocket 4.13.0 (since 4.10.0; 4.9.0 did not) with `share: true` and a `heartbeat`. Who is asked how long ago a message came is fixed when the socket opens: the components that were there then. When the last of those is unmounted, as the page
# that was shown first is at the first navigation, nobody writes it down any more, and after `timeout` (a minute by default) the socket is closed as silent, though its server answers each ping and talks all the while. Without
# `shouldReconnect` the components that joined later stay CLOSED. By its README a shared socket is closed "once all subscribing components have either unmounted or changed their target socket url", and a heartbeat closes
# "if no response is received". (With `shouldReconnect` it connects anew, and the next one lasts as long as one of those that saw it open.)
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts react-use-websocket@4.13.0 react@19.3.1 react-dom@19.3.1 jsdom@27.4.0 ws@8.18.0 > /dev/null
cat > run.cjs <<'JS'
const { JSDOM } = require('jsdom')
const { WebSocketServer } = require('ws')

const { window } = new JSDOM('<main></main>', { url: 'http://127.0.0.1/' })
const { document, navigator, WebSocket } = window
Object.assign(globalThis, { window, document, navigator, WebSocket })
console.warn = (text) => console.log(text.replace(/,.*/, ''))
const { createElement, Fragment } = require('react')
const { createRoot } = require('react-dom/client')
const useWebSocket = require('react-use-websocket').default

const STATES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED']
const options = { share: true, heartbeat: { message: 'ping', returnMessage: 'pong', interval: 300, timeout: 1_000 } }
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
server.on('connection', (socket) => {
  const talking = setInterval(() => socket.send('news'), 100)
  socket.on('message', () => socket.send('pong')).on('close', () => clearInterval(talking))
})
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
server.on('listening', async () => {
  const url = `ws://127.0.0.1:${server.address().port}/`
  const shown = {}
  const Part = ({ name }) => {
    shown[name] = STATES[useWebSocket(url, options).readyState]
    return null
  }
  const root = createRoot(document.querySelector('main'))
  const show = async (...names) => {
    root.render(createElement(Fragment, null, names.map((name) => createElement(Part, { name, key: name }))))
    await pause(3_000)
    console.log(`${names.join(' and ')}: ${names.map((name) => shown[name]).join(' and ')}`)
  }
  await show('first')
  await show('first', 'second')
  await show('second')
  process.exit(0)
})
JS
seen=$(node run.cjs)
echo "$seen"
[ "$seen" = "first: OPEN
first and second: OPEN and OPEN
Heartbeat timed out
second: CLOSED" ]
