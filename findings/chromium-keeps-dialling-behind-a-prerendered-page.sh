#!/usr/bin/env bash
# Chromium 156: a page is left while its WebSocket is still connecting, and closes it in `pagehide`, as everybody does who wants to be kept for Back. Where the next page is loaded, the connection ends at once. Where the next page had been
# prerendered (speculation rules) and is only shown, it does not end: the handshake goes on, and when the server answers late, as after an outage, the socket opens and stays open, though nobody is there. Half a minute later it still does. (A
# socket that was open when it was closed ends in both cases.) So after an outage a server may have more sockets than pages, and they never subscribe to anything.
# By the standard (https://websockets.spec.whatwg.org, "close a WebSocket") closing one that is connecting fails the connection.
# Needs a full Chromium, which npm has not: apt-get install chromium (Debian). DevTools are not attached: the page goes on by itself.
# Seen: "loaded: ended before the answer", "prerendered: open 20 s after the answer".
set -euo pipefail
[ -x /usr/bin/chromium ] || { echo "Needs Chromium: apt-get install chromium"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund ws@8.18.0 > /dev/null
cat > run.mjs <<'JS'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const RULES = '<script type="speculationrules">{"prerender":[{"source":"list","urls":["/next"],"eagerness":"immediate"}]}</script>'
// It goes on when the next page is ready.
const first = (isPrerendered) => `<!doctype html><title>first</title>${isPrerendered ? RULES : ''}<script>
const socket = new WebSocket('ws://' + location.host)
addEventListener('pagehide', () => socket.close())
const ready = async () => (await fetch('/ready')).status === 200 ? location.href = '/next' : setTimeout(ready, 100)
ready()
</script>`
const NEXT = `<!doctype html><title>next</title><script>
if (document.prerendering) document.addEventListener('prerenderingchange', () => fetch('/shown?prerendered'))
else addEventListener('pageshow', () => fetch('/shown?loaded'))
</script>`

const see = async (isPrerendered) => {
  let isNextReady = !isPrerendered
  let shown = null
  const dialled = []
  const server = createServer(({ url }, response) => {
    response.setHeader('Content-Type', 'text/html')
    if (url.startsWith('/shown')) shown = url.slice(7)
    if (url === '/next' && isPrerendered) setTimeout(() => (isNextReady = true), 1_000)
    if (url === '/ready') response.statusCode = isNextReady && dialled.length > 0 ? 200 : 503
    response.end(url === '/next' ? NEXT : first(isPrerendered))
  })
  server.on('upgrade', (request, socket, head) => {
    const one = { request, socket, head, hasEnded: false }
    dialled.push(one)
    for (const event of ['end', 'close', 'error']) socket.on(event, () => (one.hasEnded = true))
    socket.resume()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const words = ['--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', `--user-data-dir=${process.cwd()}/profile-${isPrerendered}`]
  const chromium = spawn('/usr/bin/chromium', [...words, `http://127.0.0.1:${server.address().port}/`], { stdio: 'ignore' })
  for (let tries = 0; tries < 300 && shown === null; tries++) await pause(100)
  await pause(3_000)
  const [one] = dialled
  if (one.hasEnded) console.log(`${shown}: ended before the answer`)
  else {
    new WebSocketServer({ noServer: true }).handleUpgrade(one.request, one.socket, one.head, () => {})
    await pause(20_000)
    console.log(`${shown}: ${one.hasEnded ? 'ended after' : 'open 20 s after'} the answer`)
  }
  const gone = once(chromium, 'exit')
  chromium.kill()
  await gone
  server.close()
}
await see(false)
await see(true)
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "loaded: ended before the answer
prerendered: open 20 s after the answer" ]
