#!/usr/bin/env bash
# @inertiajs/core 3.7.1, which React, Vue and Svelte share: while a form on the page shows what was wrong with it, each poll that works is told as a failed one. Since 3.0.0 (inertiajs/inertia#2819) a poll keeps the errors of the
# page, and whether a visit succeeded is asked of the page, not of the answer. So `onError` and the global `error` event come at each poll, with the messages of a form that nobody has sent again, and `onSuccess` and `success` never,
# though the server answered without an error and the new props are shown: an app that shows a toast at `error` shows it every few seconds, and what is done in `onSuccess` is left out. (2.3.24 says success, and empties the messages.)
# `router.reload()` does the same where the server leaves `errors` out of a partial answer; Laravel's adapter does not. The documents (https://inertiajs.com/docs/v3/the-basics/validation) say that the page's errors are looked at "to
# determine if a response includes validation errors": here it includes none.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @inertiajs/core@3.7.1 jsdom@27.4.0 > /dev/null
cat > run.mjs <<'JS'
import { createServer } from 'node:http'
import { JSDOM } from 'jsdom'

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
let total = 1
// As Laravel answers: `errors` is in each answer, and empty but in that to the form.
const server = createServer(({ method, headers }, response) => {
  const errors = method === 'POST' ? { email: 'Not an address' } : {}
  const props = headers['x-inertia-partial-data'] ? { errors, total } : { errors, total, name: 'Shop' }
  response.writeHead(200, { 'X-Inertia': 'true', 'Content-Type': 'application/json' })
  response.end(JSON.stringify({ component: 'Cart', url: '/cart', version: '1', props }))
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { window } = new JSDOM('', { url: `http://127.0.0.1:${server.address().port}/cart`, pretendToBeVisual: true })
Object.assign(window, { scrollTo: () => {} })
Object.defineProperty(window, 'performance', { value: performance })
const { document, navigator, XMLHttpRequest, CustomEvent, FormData, File, Blob, FileList } = window
Object.assign(globalThis, { window, document, navigator, XMLHttpRequest, CustomEvent, FormData, File, Blob, FileList })
const { router } = await import('@inertiajs/core')

let shown
router.init({
  initialPage: { component: 'Cart', url: '/cart', version: '1', props: { errors: {}, total } },
  resolveComponent: async (name) => name,
  swapComponent: async ({ page }) => {
    shown = page.props
  },
})
let said = []
for (const name of ['success', 'error']) router.on(name, () => said.push(name))
const see = async (name) => {
  said = []
  total += 1
  const poll = router.poll(200, { only: ['total'], onSuccess: () => said.push('onSuccess'), onError: ({ email }) => said.push(`onError ${email}`) })
  while (shown?.total !== total) await pause(20)
  poll.stop()
  await pause(300)
  console.log(`${name}: shows ${shown.total}, says ${said.slice(0, 2).join(', ')}`)
}
await see('before')
router.post('/cart', {}, { preserveState: true })
while (!shown.errors.email) await pause(20)
await pause(100)
await see('while the form shows its errors')
router.reload()
while (shown.errors.email) await pause(20)
await pause(100)
await see('after')
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "before: shows 2, says success, onSuccess
while the form shows its errors: shows 3, says error, onError Not an address
after: shows 4, says success, onSuccess" ]
