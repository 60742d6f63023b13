#!/usr/bin/env bash
# A server of @hono/node-server 2.1.9 that runs in a process with happy-dom's globals, as tests do, has two ways, and each takes something away. By default `serve()` puts
# its own Request and Response over the window's, for the whole process: `globalThis.Response` is the window's no more. With `overrideGlobalObjects: false` the window keeps them, and answers
# lose every Set-Cookie without a word: happy-dom's Response drops it, as a browser's does (Fetch standard, "forbidden response-header name"), where Node's keeps it. All else arrives.
# Seen: "default: cookie session=1; Path=/, other header 1, window's Response kept: false" and "overrideGlobalObjects: false: cookie none, other header 1, window's Response kept: true".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @hono/node-server@2.1.9 hono@4.13.19 happy-dom@21.0.4 > /dev/null
cat > run.mjs <<'JS'
import { get } from 'node:http'
import { Window } from 'happy-dom'

const overrideGlobalObjects = process.argv[2] !== 'keep'
const window = new Window({ url: 'http://127.0.0.1/' })
for (const name of ['Request', 'Response', 'Headers']) globalThis[name] = window[name]
const { Hono } = await import('hono')
const { serve } = await import('@hono/node-server')

const app = new Hono()
app.get('/', (context) => context.text('ok', 200, { 'Set-Cookie': 'session=1; Path=/', 'X-Other': '1' }))
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0, overrideGlobalObjects }, ({ port }) => {
  get({ host: '127.0.0.1', port }, ({ headers }) => {
    const cookie = headers['set-cookie']?.join() ?? 'none'
    const isKept = globalThis.Response === window.Response
    console.log(`cookie ${cookie}, other header ${headers['x-other']}, window's Response kept: ${isKept}`)
    process.exit(0)
  })
})
JS
default=$(node run.mjs)
kept=$(node run.mjs keep)
echo "default: $default"
echo "overrideGlobalObjects: false: $kept"
[ "$default" = "cookie session=1; Path=/, other header 1, window's Response kept: false" ]
[ "$kept" = "cookie none, other header 1, window's Response kept: true" ]
