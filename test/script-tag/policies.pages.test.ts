import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  DIST,
  diaryOf,
  hearsOnce,
  holdScriptTagPages,
  LOOSE,
  STRICT,
  script,
  untilLive,
} from '../support/script-tag-page'

// Other policies than the strictest by nonce, which is tried in global.pages.test.ts, and than one that trusts the shop's own files unpinned: visits.pages.test.ts.

const { integrity } = JSON.parse(readFileSync(new URL('../../dist/sri.json', import.meta.url), 'utf8')) as {
  integrity: Record<string, string>
}
const HASH = integrity['cart-echo.global.js'] ?? ''
const PINNED = `<script src="/cart-echo.global.js" integrity="${HASH}" crossorigin="anonymous" defer></script>`

describe.each([
  ['that trusts the tag by its integrity', STRICT.replace("'nonce-n0nce'", `'nonce-n0nce' '${HASH}'`), PINNED],
  [
    'that trusts the tag by its nonce, and nothing else',
    STRICT.replace(" 'strict-dynamic'", ''),
    script('cart-echo.global.js'),
  ],
  ['that trusts the shop’s own files, and pins them', LOOSE, PINNED],
])('a policy %s', (_, policy, head) => {
  const { held, open } = holdScriptTagPages(policy)

  it('lets the page hear a change, and nothing is refused', async () => {
    const page = await open({ head })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect((await diaryOf(page)).violations).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })
})

describe('a tag from a CDN', () => {
  const { held, open } = holdScriptTagPages()

  it('fetches its parts from there, with their integrity, under the strict policy', async () => {
    const asked: string[] = []
    const cdn = createServer((request, response) => {
      const path = request.url ?? '/'
      asked.push(path)
      response.writeHead(200, { 'Content-Type': 'text/javascript', 'Access-Control-Allow-Origin': '*' })
      response.end(readFileSync(join(DIST, path)))
    })
    await new Promise<void>((resolve) => cdn.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void cdn.close())
    const src = `http://127.0.0.1:${(cdn.address() as AddressInfo).port}/cart-echo.global.js`
    const page = await open({
      head: `<script nonce="n0nce" src="${src}" integrity="${HASH}" crossorigin="anonymous" defer></script>`,
    })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(asked.sort()).toEqual(['/cart-echo.global.js', '/cdn/engine.js', '/cdn/notice.js'])
    expect((await diaryOf(page)).violations).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })
})

describe('a policy that names the policies of Trusted Types, in WebKit', () => {
  const asWebKit = "Object.defineProperty(Navigator.prototype, 'vendor', { get: () => 'Apple Computer, Inc.' })"

  describe('cart-echo among them', () => {
    const { held, open } = holdScriptTagPages(`${STRICT}; trusted-types cart-echo`)

    it('lets the parts be checked: the page hears a change, and nothing is refused', async () => {
      const page = await open({ head: script('cart-echo.global.js') }, (page) => page.addInitScript(asWebKit))
      await untilLive(page)
      await hearsOnce(held.server, page)
      expect((await diaryOf(page)).violations).toEqual([])
    })
  })

  describe('cart-echo not among them', () => {
    const { held, open } = holdScriptTagPages(`${STRICT}; trusted-types theirs`)

    it('has the parts loaded unchecked: the page hears a change, and one violation is reported', async () => {
      const page = await open({ head: script('cart-echo.global.js') }, (page) => page.addInitScript(asWebKit))
      await untilLive(page)
      await hearsOnce(held.server, page)
      expect((await diaryOf(page)).violations).toEqual(['trusted-types trusted-types-policy'])
    })
  })
})
