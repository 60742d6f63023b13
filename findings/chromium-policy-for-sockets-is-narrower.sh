#!/usr/bin/env bash
# Chromium 147 and `connect-src`, from an http page. A host without a scheme lets the page fetch from it and open no socket to it: what is left out is the page's own scheme, and http is not ws
# (only `'self'` covers the sockets of one's own host). And `ws:` lets the page open sockets and fetch nothing, though by CSP Level 3 ("scheme-part matches", https://www.w3.org/TR/CSP3/#match-schemes)
# a source of `ws` also matches http and https. `http:` opens no socket either.
# Seen: "HOST: fetch yes, socket no", "ws://HOST: fetch no, socket yes", "ws:: fetch no, socket yes", "http:: fetch yes, socket no", "'self': fetch yes, socket yes".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund playwright-core@1.65.1 @sparticuz/chromium@147.0.0 ws@8.18.0 > /dev/null
cat > run.mjs <<'JS'
import { createServer } from 'node:http'
import sparticuz from '@sparticuz/chromium'
import { chromium } from 'playwright-core'
import { WebSocketServer } from 'ws'

let policy = ''
const server = createServer((_request, response) => {
  response.setHeader('Content-Security-Policy', policy)
  response.setHeader('Content-Type', 'text/html')
  response.end('<!DOCTYPE html><body>')
})
new WebSocketServer({ server })
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const host = `127.0.0.1:${server.address().port}`
const browser = await chromium.launch({
  executablePath: await sparticuz.executablePath(),
  args: ['--no-sandbox', '--headless=shell', '--disable-gpu'],
})
const page = await browser.newPage()
for (const source of [host, `ws://${host}`, 'ws:', 'http:', "'self'"]) {
  policy = `default-src 'self'; connect-src ${source}`
  await page.goto(`http://${host}/`)
  const [fetched, opened] = await page.evaluate(async (host) => {
    const fetched = await fetch(`http://${host}/`).then(() => 'yes', () => 'no')
    const opened = await new Promise((resolve) => {
      const socket = new WebSocket(`ws://${host}/`)
      socket.onopen = () => resolve('yes')
      socket.onerror = () => resolve('no')
    })
    return [fetched, opened]
  }, host)
  console.log(`${source.replace(host, 'HOST')}: fetch ${fetched}, socket ${opened}`)
}
await browser.close()
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "HOST: fetch yes, socket no
ws://HOST: fetch no, socket yes
ws:: fetch no, socket yes
http:: fetch yes, socket no
'self': fetch yes, socket yes" ]
