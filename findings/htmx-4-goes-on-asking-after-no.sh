#!/usr/bin/env bash
# `hx-sse:connect` of htmx 4.0.1 (as in 4.0.0), for whoever moves from the EventSource of htmx 2. By the standard (https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model) a server ends a stream for
# good by answering 204, or anything that is not `text/event-stream`: the log-in page, where the session is over. htmx takes both for a connection that was made and has ended, asks again half a second later, and so for ever, for
# each page that is open: `reconnectMaxAttempts` does not count them, nor do they double the delay, as "each failed attempt" does by its documents (https://four.htmx.org/extensions/hx-sse). (A 401 does double it.)
# Two more are not in them: a `retry:` without data, as servers send it first, is not heard, and lines that end with CR LF, when they reach the page in two pieces between those two, make two messages of one.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts htmx.org@4.0.1 playwright-core@1.65.1 @sparticuz/chromium@147.0.0 > /dev/null
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import sparticuz from '@sparticuz/chromium'
import { chromium } from 'playwright-core'

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const script = (name) => `<script>${readFileSync(`node_modules/htmx.org/dist/${name}`, 'utf8')}</script>`
const head = `<!doctype html><meta name="htmx-config" content="sse.reconnectMaxAttempts:3 sse.reconnectJitter:0">${script('htmx.js')}${script('ext/hx-sse.js')}`
// How each stream answers, by how often it was asked.
const ANSWERS = {
  '/204': (response) => response.writeHead(204).end(),
  '/login': (response) => response.writeHead(302, { Location: '/' }).end(),
  '/retry': (response) => response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('retry: 60000\n\n'),
  '/pieces': async (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: one\r')
    await pause(200)
    response.write('\ndata: two\r\n\r\n')
  },
}
const asked = {}
const server = createServer(({ url }, response) => {
  const [path, by] = url.split('?')
  const answer = ANSWERS[path]
  if (!answer) return response.setHeader('Content-Type', 'text/html').end(head)
  asked[url] = (asked[url] ?? 0) + 1
  const isFirstOfMany = asked[url] === 1 && (path === '/204' || path === '/login')
  if (isFirstOfMany) return response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('data: hello\n\n')
  answer(response)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const browser = await chromium.launch({
  executablePath: await sparticuz.executablePath(),
  args: ['--no-sandbox', '--headless=shell', '--disable-gpu'],
})
const page = await browser.newPage()
await page.goto(`http://127.0.0.1:${server.address().port}/`)
await page.evaluate((paths) => {
  globalThis.told = { EventSource: [], htmx: [] }
  for (const path of paths) {
    const element = document.createElement('p')
    element.setAttribute('hx-sse:connect', `${path}?htmx`)
    document.body.append(element)
    htmx.process(element)
    const source = new EventSource(`${path}?EventSource`)
    if (path !== '/pieces') continue
    source.onmessage = ({ data }) => told.EventSource.push(data)
    element.addEventListener('htmx:sse:after:message', ({ detail }) => told.htmx.push(detail.message.data))
  }
}, Object.keys(ANSWERS))
await pause(9000)
const times = (url) => (asked[url] > 10 ? 'more than 10' : asked[url])
for (const path of ['/204', '/login', '/retry']) console.log(`${path}: asked by EventSource ${times(`${path}?EventSource`)}, by htmx ${times(`${path}?htmx`)}`)
console.log(`/pieces: ${JSON.stringify(await page.evaluate('told'))}`)
await browser.close()
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = '/204: asked by EventSource 2, by htmx more than 10
/login: asked by EventSource 2, by htmx more than 10
/retry: asked by EventSource 1, by htmx more than 10
/pieces: {"EventSource":["one\ntwo"],"htmx":["one","two"]}' ]
