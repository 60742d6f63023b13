import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DIST, hearsOnce, holdScriptTagPages, script, TAG, untilLive } from '../support/script-tag-page'

// A page's `<base href>`: by it the browser fetches what the page itself names, and by it what a shopper wrote may try to have our requests.

const { held, open } = holdScriptTagPages("script-src * 'nonce-n0nce'; connect-src *")

/** Another origin, which has the built script; and what it was asked for. */
const startOther = async (): Promise<{ readonly url: string; readonly asked: string[] }> => {
  const asked: string[] = []
  const server = createServer(({ url: path = '/' }, response) => {
    asked.push(path)
    const isOurs = path === '/cart-echo.global.js' || path.startsWith('/cdn/')
    response.writeHead(isOurs ? 200 : 404, { 'Content-Type': 'text/javascript', 'Access-Control-Allow-Origin': '*' })
    response.end(isOurs ? readFileSync(join(DIST, path)) : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked }
}

describe('a page with <base href> to another origin', () => {
  it.each([
    ['a deferred tag', TAG],
    ['an async one', script('cart-echo.global.js', 'async')],
    ['one without a slash before it', '<script nonce="n0nce" src="cart-echo.global.js" defer></script>'],
  ])('in <body>, after %s, has check, authorisation and parts at home', async (_, head) => {
    const other = await startOther()
    held.server.faults.start({ kind: 'policy', auditMs: 1_000 })
    const asked: string[] = []
    const page = await open({ head, body: `<base href="${other.url}">` }, (page) =>
      page.on('request', (request) => asked.push(new URL(request.url()).pathname)),
    )
    await untilLive(page)
    await hearsOnce(held.server, page)
    await expect.poll(() => page.locator('cart-echo-notice').count()).toBe(1)
    expect(asked).toEqual(expect.arrayContaining(['/broadcasting/auth', '/api/cart/check-updates', '/cdn/engine.js']))
    expect(other.asked).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })

  it('before the tag, from where the tag then comes, has its parts from there too, and check and authorisation at home', async () => {
    const other = await startOther()
    const page = await open({ head: `<base href="${other.url}">${script('cart-echo.global.js')}` })
    await untilLive(page)
    await hearsOnce(held.server, page)
    await expect.poll(() => other.asked.length).toBe(3)
    expect(other.asked.filter((path) => !path.startsWith('/cdn/'))).toEqual(['/cart-echo.global.js'])
  })
})
