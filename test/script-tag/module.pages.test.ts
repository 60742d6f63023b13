import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { diaryOf, hearsOnce, holdScriptTagPages, script, untilLive } from '../support/script-tag-page'

// The same as a module, by import map.

const { held, open } = holdScriptTagPages()

const { integrity } = JSON.parse(readFileSync(new URL('../../dist/sri.json', import.meta.url), 'utf8')) as {
  integrity: Record<string, string>
}

const OWN = `
import { createCartEcho, readPage, reverb, showNotices } from 'cart-echo'
const page = readPage()
const cart = createCartEcho({ ...page, connect: reverb(page.reverb) })
showNotices(cart)
cart.start()
`

const importMap = (pinned: Record<string, string>): string =>
  `<script nonce="n0nce" type="importmap">${JSON.stringify({ imports: { 'cart-echo': '/cart-echo.esm.js' }, integrity: pinned })}</script>`

it('as a module by import map, the page hears a change once, and is shown a notice, under the same policy', async () => {
  const head =
    importMap({ '/cart-echo.esm.js': integrity['cart-echo.esm.js'] ?? '' }) + script('own.js', 'type="module"')
  const page = await open({ head, files: { 'own.js': OWN } })
  await untilLive(page)
  await hearsOnce(held.server, page)
  await expect.poll(() => page.locator('cart-echo-notice [part~="message"]').textContent()).toContain('Your cart')
  expect((await diaryOf(page)).violations).toEqual([])
  expect(held.chromium.complaints).toEqual([])
})

it('is refused by the map when it is another file than the one that was meant', async () => {
  const other = `sha384-${createHash('sha384').update('another').digest('base64')}`
  const head = importMap({ '/cart-echo.esm.js': other }) + script('own.js', 'type="module"')
  const page = await open({ head, files: { 'own.js': OWN } })
  await expect.poll(() => held.chromium.complaints.join()).toContain('integrity')
  expect(await diaryOf(page)).toMatchObject({ states: [], heard: [] })
})

/** What the script-tag page has to say for the files of the twin, as they were built. */
const PINNED = Object.fromEntries(
  ['cart-echo.esm.js', 'cdn/tabs.js'].map((path) => [`/${path}`, integrity[path] ?? '']),
)

it('is pinned by the map: the page hears a change once', async () => {
  const page = await open({ head: importMap(PINNED) + script('own.js', 'type="module"'), files: { 'own.js': OWN } })
  await untilLive(page)
  await hearsOnce(held.server, page)
  expect(held.chromium.complaints).toEqual([])
})
