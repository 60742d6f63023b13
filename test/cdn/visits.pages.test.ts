import { readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { livewireScript } from '../support/livewire-script'
import { diaryOf, hearsOnce, holdScriptTagPages, LOOSE, script, untilLive } from '../support/script-tag-page'

// Who looks is said on the tag alone, and another page comes without a load.

const { held, open } = holdScriptTagPages(LOOSE)

const TURBO = readFileSync(
  new URL('../../node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js', import.meta.url),
  'utf8',
)

/** What visits a page without loading it. */
const NAVIGATORS = [
  ['Turbo', async () => TURBO, (path: string) => `Turbo.visit('${path}')`],
  ['wire:navigate', livewireScript, (path: string) => `void Livewire.navigate('${path}')`],
] as const

/** The tag of a customer, or of nobody. */
const tagOf = (user: number | null, more = ''): string => {
  const { key, host, port } = held.server.reverb
  const settings = `data-check="/api/cart/check-updates" data-check-interval="1000" data-reverb-key="${key}"
    data-reverb-host="${host}" data-reverb-port="${port}" data-reverb-scheme="http"`
  return script('cart-echo.global.js', `defer ${settings} ${more} ${user === null ? '' : `data-user="${user}"`}`)
}

/** A shop where `/` is a customer's page and `/out` is the one after the log-out, with the tag in this place of each. */
const openShop = async (place: 'head' | 'body', code: string, out = tagOf(null), more = ''): Promise<Page> => {
  const files = { 'navigator.js': code }
  const pageOf = (tag: string) => {
    const head = script('navigator.js', '')
    return place === 'head'
      ? { head: head + tag, files, block: false as const }
      : { head, body: tag, files, block: false as const }
  }
  const opened = await open(pageOf(tagOf(1, more)))
  held.server.put(pageOf(out), 'out')
  await untilLive(opened)
  return opened
}

const stateOf = async (page: Page): Promise<string | undefined> => (await diaryOf(page)).states.at(-1)

describe.each(NAVIGATORS)('%s', (_, load, visit) => {
  it.each(['head', 'body'] as const)(
    'that brings a page without anybody, and then one with somebody: the tag in <%s> of each is believed',
    async (place) => {
      const page = await openShop(place, await load())
      for (let rounds = 0; rounds < 2; rounds += 1) {
        await page.evaluate(visit('/out'))
        await expect.poll(() => stateOf(page), { timeout: 5_000 }).toBe('idle: no-user')
        await expect.poll(() => held.server.sockets()).toBe(0)
        await page.evaluate(visit('/'))
        await untilLive(page)
        await hearsOnce(held.server, page)
      }
      expect(held.server.sockets()).toBe(1)
      // Turbo's progress bar has a style of its own.
      expect(held.chromium.complaints.filter((words) => !words.includes('inline style'))).toEqual([])
      expect((await diaryOf(page)).ready).toBe(1)
    },
  )

  it('that brings a page whose <body> has no tag: nobody looks at it', async () => {
    const page = await openShop('body', await load(), '')
    await page.evaluate(visit('/out'))
    await expect.poll(() => stateOf(page), { timeout: 5_000 }).toBe('idle: no-user')
    await expect.poll(() => held.server.sockets()).toBe(0)
  })

  it('that brings the same tag in <body> again: the page goes on as it was', async () => {
    const page = await openShop('body', await load(), tagOf(1))
    const { states } = await diaryOf(page)
    for (const path of ['/out', '/', '/out']) {
      await page.evaluate(visit(path))
      await page.waitForTimeout(300)
    }
    await hearsOnce(held.server, page)
    expect((await diaryOf(page)).states).toEqual(states)
  })
})

it('a tag with data-navigate-once, which does not run again, is believed as long as it is there', async () => {
  const page = await openShop('body', await livewireScript(), tagOf(1, 'data-navigate-once'), 'data-navigate-once')
  const { states } = await diaryOf(page)
  await page.evaluate("void Livewire.navigate('/out')")
  await page.waitForTimeout(300)
  await hearsOnce(held.server, page)
  expect((await diaryOf(page)).states).toEqual(states)
})

it('a tag that a loader takes away again is believed all the same', async () => {
  const take = 'document.currentScript.previousElementSibling.remove()'
  const files = { 'navigator.js': TURBO, 'take.js': take }
  const page = await open({ head: tagOf(1).replace('defer', '') + script('take.js', ''), files, block: false })
  await untilLive(page)
  await hearsOnce(held.server, page)
})

it('a second tag in the same page is not believed', async () => {
  const page = await open({ head: tagOf(1) + tagOf(null), block: false })
  await untilLive(page)
  await hearsOnce(held.server, page)
})
