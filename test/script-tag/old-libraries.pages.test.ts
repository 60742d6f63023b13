import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { becomeOld, POLLUTION } from '../support/old-library'
import { diaryOf, hearsOnce, holdScriptTagPages, script, TAG, untilLive } from '../support/script-tag-page'

// Pages whose libraries have other things in the places of the browser's own, or whose objects all inherit what nobody should believe.

const { held, open } = holdScriptTagPages()

/** What the only notice says. */
const noticeOf = (page: Page): Promise<string | null> =>
  page.locator('cart-echo-notice [part~="message"]').textContent({ timeout: 5_000 })

/** Where the page has opened sockets, and what it has asked for. */
const watch = (page: Page): { readonly sockets: string[]; readonly requests: string[] } => {
  const seen = { sockets: [] as string[], requests: [] as string[] }
  page.on('websocket', (socket) => seen.sockets.push(socket.url()))
  page.on('request', (request) => seen.requests.push(request.url()))
  return seen
}

describe.each(['deleted', 'toArray'] as const)('a page with a library as old as Prototype, entries %s', (entries) => {
  const library = { 'old.js': `(${becomeOld})(${JSON.stringify(entries)})` }

  it('hears each change once, with its conditions', async () => {
    const told = `window.conditions = []
      CartEcho.ready((cart) => cart.on('cart.conditions.changed', ({ changes }) => conditions.push(changes.conditions[0].action)))`
    const page = await open({
      head: script('old.js', '') + TAG + script('own.js'),
      files: { ...library, 'own.js': told },
    })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(await page.evaluate('window.conditions')).toEqual(['removed', 'added'])
    await expect.poll(() => noticeOf(page)).toContain('Your cart was updated')
    expect((await diaryOf(page)).violations).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })

  it('hears them by the check too, where no socket can be had', async () => {
    held.server.faults.start({ kind: 'policy', pollMs: 1_000 })
    held.server.faults.start({ kind: 'refuse', what: 'sockets' })
    const page = await open({ head: script('old.js', '') + TAG, files: library }, async (page) => {
      await page.clock.install()
    })
    await expect
      .poll(async () => {
        await page.clock.runFor(1_000)
        return (await diaryOf(page)).states.at(-1)
      })
      .toBe('polling: socket-lost')
    await hearsOnce(held.server, page)
  })
})

describe('a page whose Object.prototype has what nobody should believe', () => {
  it('is live at its own server, and hears each change once', async () => {
    const names = Object.entries(POLLUTION).map(([name, value]) =>
      typeof value === 'function' ? `${name}: ${value}` : `${name}: ${JSON.stringify(value)}`,
    )
    const page = await open({
      head: script('evil.js', '') + TAG,
      files: { 'evil.js': `Object.assign(Object.prototype, { ${names.join(', ')} })` },
    })
    const seen = watch(page)
    await page.reload()
    await untilLive(page)
    await hearsOnce(held.server, page)
    const own = new URL(held.server.url).host
    const { key, host, port } = held.server.reverb
    // On a busy machine a slow try is made again.
    expect([...new Set(seen.sockets.map((url) => url.split('?')[0]))]).toEqual([`ws://${host}:${port}/app/${key}`])
    await expect.poll(() => noticeOf(page)).toContain('Your cart was updated')
    expect(seen.requests.filter((url) => new URL(url).host !== own)).toEqual([])
    expect(held.chromium.complaints).toEqual([])
  })
})
