#!/usr/bin/env bash
# Who holds a Web Lock, as Chromium 156 names it, is nobody that a service worker knows. `navigator.locks.query()` tells a `clientId` of each lock, which is "the same value as Client.id" by MDN
# (https://developer.mozilla.org/en-US/docs/Web/API/LockManager/query) and by the standard, and which is what lets a service worker speak to the tab that leads. In Chromium it is an identifier of another
# kind: `clients.get()` has nobody of that name, and no client has it. In Firefox 153.8.0 ESR (and WebKitGTK 2.50.6) it is the client's. (The platform's own tests have one for it, web-locks/clientids.https.html.)
# Needs Firefox and Chromium, which npm has not: apt-get install firefox-esr chromium (Debian).
# Seen: "Firefox: the holder is the page: true, found by clients.get: true", "Chromium: the holder is the page: false, found by clients.get: false".
set -euo pipefail
[ -x /usr/bin/firefox-esr ] && [ -x /usr/bin/chromium ] || { echo "Needs Firefox and Chromium: apt-get install firefox-esr chromium"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts puppeteer-core@24.43.1 > /dev/null
cat > run.mjs <<'JS'
import { createServer } from 'node:http'
import puppeteer from 'puppeteer-core'

// Is asked by the page that holds the lock.
const WORKER = `onmessage = async ({ source }) => {
  const [{ clientId }] = (await navigator.locks.query()).held
  source.postMessage(\`the holder is the page: \${clientId === source.id}, found by clients.get: \${Boolean(await clients.get(clientId))}\`)
}`
const server = createServer(({ url }, response) => {
  response.setHeader('Content-Type', url === '/worker.js' ? 'text/javascript' : 'text/html')
  response.end(url === '/worker.js' ? WORKER : '<!doctype html>')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const browsers = {
  Firefox: { browser: 'firefox', executablePath: '/usr/bin/firefox-esr' },
  Chromium: { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] },
}
for (const [name, options] of Object.entries(browsers)) {
  const browser = await puppeteer.launch(options)
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${server.address().port}/`)
  const answer = await page.evaluate(`new Promise((answered) => {
    navigator.serviceWorker.onmessage = ({ data }) => answered(data)
    navigator.locks.request('the leader', async () => {
      await navigator.serviceWorker.register('/worker.js')
      const { active } = await navigator.serviceWorker.ready
      active.postMessage('who leads?')
      return new Promise(() => {})
    })
  })`)
  console.log(`${name}: ${answer}`)
  await browser.close()
}
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "Firefox: the holder is the page: true, found by clients.get: true
Chromium: the holder is the page: false, found by clients.get: false" ]
