#!/usr/bin/env bash
# Vite 8.4.0 (and 5.4.19 and 3.2.11) calls a module's `import.meta.hot.dispose` before it asks for the new version, and goes on when there is none: after a save with a typing error the old module stays in the page,
# disposed of, and each further save that does not parse disposes of the same one again; only the save that parses runs a module. So what a module ends in `dispose` (a socket, a timer, a listener) stays ended while
# the page looks as if it still ran, and a `dispose` that must not run twice does. Its guide (https://vite.dev/guide/api-hmr#hot-dispose-cb) speaks of an updated copy only.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund vite@8.4.0 playwright-core@1.65.1 @sparticuz/chromium@147.0.0 > /dev/null
cat > run.mjs <<'JS'
import { mkdirSync, writeFileSync } from 'node:fs'
import sparticuz from '@sparticuz/chromium'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'

const version = (number, more = '') => `
globalThis.log.push('runs ${number}')
import.meta.hot.dispose(() => { globalThis.log.push('disposes of ${number}') })
import.meta.hot.accept()
${more}
`
mkdirSync('app')
writeFileSync('app/index.html', '<!doctype html><script>globalThis.log = []</script><script type="module" src="/main.js"></script>')
writeFileSync('app/main.js', version(1))
const server = await createServer({ root: 'app', configFile: false, logLevel: 'silent', server: { host: '127.0.0.1', port: 0 } })
await server.listen()
const browser = await chromium.launch({
  executablePath: await sparticuz.executablePath(),
  args: ['--no-sandbox', '--headless=shell', '--disable-gpu'],
})
const page = await browser.newPage()
await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/`)
const tell = async (what) => {
  await page.waitForFunction('log.length > 0')
  await new Promise((resolve) => setTimeout(resolve, 1000))
  console.log(`${what}: ${await page.evaluate("log.splice(0).join(', ')")}`)
}
await tell('loaded')
const saves = { 'a good save': version(2), 'one that does not parse': version(3, 'const ='), 'another': version(3, 'const  ='), 'mended': version(4) }
for (const [what, text] of Object.entries(saves)) {
  writeFileSync('app/main.js', text)
  await tell(what)
}
await browser.close()
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "loaded: runs 1
a good save: disposes of 1, runs 2
one that does not parse: disposes of 2
another: disposes of 2
mended: disposes of 2, runs 4" ]
