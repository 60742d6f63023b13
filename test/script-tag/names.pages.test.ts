import type { Frame, Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { type Diary, hearsOnce, holdScriptTagPages, script, TAG, untilLive } from '../support/script-tag-page'

// Elements and frames whose names are those of what we look for: `window` and `document` have them as properties.

const { held, open } = holdScriptTagPages("script-src 'self' 'nonce-n0nce'; connect-src 'self' ws:")

/** What others look for on `window`. */
const GLOBALS = ['CartEcho', 'Echo', 'Pusher', 'Livewire', 'Alpine', 'Laravel', 'Turbo']
/** What `document` has, and we look at. */
const OF_DOCUMENT = [
  'body',
  'head',
  'scripts',
  'currentScript',
  'cookie',
  'querySelector',
  'querySelectorAll',
  'readyState',
  'visibilityState',
  'prerendering',
  'baseURI',
  'location',
]

const frame = (name: string): string => `<iframe name="${name}" src="data:text/html,elsewhere"></iframe>`

describe.each([
  ['elements with an id', (name: string) => `<div id="${name}"></div>`],
  ['forms with fields', (name: string) => `<form id="${name}"><input name="version"><input name="queue"></form>`],
  ['links of which there are two', (name: string) => `<a id="${name}"></a><a id="${name}"></a>`],
  ['frames from elsewhere', frame],
])('%s named like what others put on window', (_, element) => {
  it.each([
    ['a deferred tag', TAG],
    ['a tag between them', ''],
  ])('are not taken for that: with %s the page is live, and hears each change once', async (_, head) => {
    const names = GLOBALS.map(element).join('')
    const page = await open({
      head,
      body: head ? names : names + script('cart-echo.global.js', '') + names,
    })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(await page.evaluate('typeof CartEcho.start')).toBe('function')
    expect(held.chromium.complaints).toEqual([])
  })
})

describe.each([
  ['images', (name: string) => `<img name="${name}" alt="">`],
  ['forms', (name: string) => `<form name="${name}"></form>`],
  ['frames from elsewhere', frame],
])('%s named like what a document has', (_, element) => {
  it('are not taken for it: the page is live, and hears each change once', async () => {
    const names = OF_DOCUMENT.map(element).join('')
    const page = await open({ body: names + script('cart-echo.global.js', '') + names })
    await untilLive(page)
    await hearsOnce(held.server, page)
    await expect.poll(() => page.locator('cart-echo-notice [part~="message"]').count()).toBeGreaterThan(0)
    expect(held.chromium.complaints).toEqual([])
  })
})

/** A page without a token in it, in a frame of its own; `attributes` are the script tag's. */
const inner = (
  attributes = '',
): string => `<!doctype html><html lang="en"><head><title>t</title><script nonce="n0nce" src="/diary.js"></script>
<script nonce="n0nce" src="/cart-echo.global.js" ${attributes} defer></script></head><body>%BLOCK%</body></html>`

describe('a frame', () => {
  const { held, open } = holdScriptTagPages("script-src 'self' 'nonce-n0nce'; connect-src 'self' ws:")
  const frameOf = async (page: Page): Promise<Frame> => {
    await expect.poll(() => page.frames().length).toBe(2)
    return page.frames()[1] as Frame
  }
  const states = async (frame: Frame): Promise<readonly string[]> =>
    (await frame.evaluate(() => (window as unknown as { diary: Diary }).diary)).states

  it('made of srcdoc, which has no host: it is live at the page’s own, and hears a change', async () => {
    const { key, port } = held.server.reverb
    const block = JSON.stringify({ user: 1, reverb: { key, port, scheme: 'http' } })
    const text = inner().replace('%BLOCK%', `<script type="application/json" data-cart-echo>${block}</script>`)
    const page = await open({
      block: false,
      body: `<iframe srcdoc="${text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`,
    })
    const frame = await frameOf(page)
    await expect.poll(async () => (await states(frame)).at(-1)).toBe('live: subscribed')
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => frame.evaluate('diary.heard.length')).toBe(1)
  })

  it('that is sandboxed, whose cookies throw: it asks to be authorised, and says what came of it', async () => {
    const { key, host, port } = held.server.reverb
    const block = JSON.stringify({ user: 1, reverb: { key, host, port, scheme: 'http' } })
    const files = {
      'inner.html': inner().replace('%BLOCK%', `<script type="application/json" data-cart-echo>${block}</script>`),
    }
    const asked: string[] = []
    const page = await open(
      { block: false, files, body: '<iframe sandbox="allow-scripts" src="/inner.html"></iframe>' },
      (page) => {
        page.on('request', (request) => asked.push(new URL(request.url()).pathname))
        // From nowhere, parts and answers are another origin's.
        return page.route(/\/(cdn|broadcasting)\//, async (route) => {
          const headers = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' }
          if (route.request().url().includes('/broadcasting/')) return route.fulfill({ status: 419, headers, json: {} })
          const response = await route.fetch()
          await route.fulfill({ response, headers: { ...response.headers(), ...headers } })
        })
      },
    )
    const frame = await frameOf(page)
    await expect.poll(async () => (await states(frame)).at(-1)).toBe('refused: page-expired')
    expect(asked).toContain('/broadcasting/auth')
  })
})
