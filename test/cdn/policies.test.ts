import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { diaryOf, hearsOnce, holdScriptTagPages, LOOSE, STRICT, script, untilLive } from '../support/script-tag-page'

// Other policies than the strictest by nonce; that one is tried in global.test.ts.

const { integrity } = JSON.parse(readFileSync(new URL('../../dist/sri.json', import.meta.url), 'utf8')) as {
  integrity: Record<string, string>
}
const HASH = integrity['cart-echo.global.js'] ?? ''
const PINNED = `<script src="/cart-echo.global.js" integrity="${HASH}" crossorigin="anonymous" defer></script>`

describe.each([
  ['that trusts the tag by its integrity', STRICT.replace("'nonce-n0nce'", `'nonce-n0nce' '${HASH}'`), PINNED],
  ['that trusts the shop’s own files', LOOSE, script('cart-echo.global.js')],
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
