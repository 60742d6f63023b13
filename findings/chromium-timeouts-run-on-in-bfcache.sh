#!/usr/bin/env bash
# A page that Chromium 156 keeps for Back, and a request under way in it with `AbortSignal.timeout()`. The time goes on while the page is away, and is up before anything else when it comes back: a request that was
# answered in half a second ends in TimeoutError, because the answer, which has long been there, waits behind it. One without a signal gets the very same answer. By the standard the time is spent only by a page
# that is active (https://dom.spec.whatwg.org/#dom-abortsignal-timeout), and MDN says that it "will effectively be paused [...] while the document is in a back-forward cache". Firefox 153.8.0 ESR (and
# WebKitGTK 2.50.6) do pause it, and `setTimeout`, too (the two ways of timers: https://github.com/whatwg/html/issues/4591). So a shopper who comes Back sees an error of the network where there was none.
# Needs Firefox and Chromium, which npm has not: apt-get install firefox-esr chromium (Debian).
# Seen: as below.
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

const TIMEOUT_MS = 4000
const AWAY_MS = 6000
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
// The two requests are answered when the page is gone.
const waiting = []
const server = createServer(({ url }, response) => {
  if (url.startsWith('/request')) return waiting.push(response)
  response.setHeader('Content-Type', 'text/html').end('<!doctype html>')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}/`
const browsers = {
  Firefox: { browser: 'firefox', executablePath: '/usr/bin/firefox-esr' },
  Chromium: { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] },
}
/** Leaves the page, has the requests answered half a second later, and comes back in the end. */
const awayAndBack = async (page) => {
  await page.goto(`${url}away`)
  await pause(500)
  for (const response of waiting.splice(0)) response.end('answered')
  await pause(AWAY_MS)
  page.goBack({ waitUntil: [] }).catch(() => {})
  while ((await page.evaluate('location.pathname').catch(() => '')) !== '/') await pause(50)
  await pause(500)
  if ((await page.evaluate('window.isTheOneThatWasLeft')) !== 1) throw new Error('The page was not kept.')
}
const opened = async (browser) => {
  const page = await browser.newPage()
  await page.goto(url)
  await page.evaluate('window.isTheOneThatWasLeft = 1')
  return page
}
for (const [name, options] of Object.entries(browsers)) {
  const browser = await puppeteer.launch(options)
  const page = await opened(browser)
  await page.evaluate(`window.signal = AbortSignal.timeout(${TIMEOUT_MS}), setTimeout(() => (window.isTimerUp = true), ${TIMEOUT_MS}), 1`)
  await awayAndBack(page)
  console.log(`${name}, half a second after Back: the signal is ${await page.evaluate('signal.aborted ? "aborted" : "not aborted"')}, the timer ${await page.evaluate('window.isTimerUp ? "up" : "not up"')}`)
  // Firefox does not keep a page with a request under way.
  if (name === 'Chromium') {
    const asking = await opened(browser)
    const request = (way, init) => `fetch('/request?${way}', ${init}).then((r) => r.text()).catch(({ name }) => name).then((came) => (window['${way}'] = came))`
    await asking.evaluate(`(${request('with', `{ signal: AbortSignal.timeout(${TIMEOUT_MS}) }`)}, ${request('without', '{}')}, 1)`)
    while (waiting.length < 2) await pause(50)
    await awayAndBack(asking)
    console.log(`${name}, of two requests that were answered in time: with a signal ${await asking.evaluate('window.with')}, without ${await asking.evaluate('window.without')}`)
  }
  await browser.close()
}
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "Firefox, half a second after Back: the signal is not aborted, the timer not up
Chromium, half a second after Back: the signal is aborted, the timer up
Chromium, of two requests that were answered in time: with a signal TimeoutError, without answered" ]
