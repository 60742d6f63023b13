import { readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { livewireScript } from '../support/livewire-script'
import { diaryOf, hearsOnce, holdScriptTagPages, LOOSE, script, TAG, untilLive } from '../support/script-tag-page'

// Another page comes without a load. Who looks at it is said on its tag, or in its block.

const { held, open } = holdScriptTagPages(LOOSE)

const TURBO = readFileSync(
  new URL('../../node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js', import.meta.url),
  'utf8',
)

/** What it is warned of from now on. */
const warningsOf = (page: Page): string[] => {
  const warnings: string[] = []
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
  return warnings
}

/** What visits a page without loading it. */
const NAVIGATORS = [
  ['Turbo', async () => TURBO, (path: string) => `Turbo.visit('${path}')`],
  ['wire:navigate', livewireScript, (path: string) => `void Livewire.navigate('${path}')`],
] as const

/** Counts the visits that are over, and the tags that ran. */
const COUNT = `
window.counted = { visits: 0, tags: 0 }
for (const visited of ['turbo:load', 'livewire:navigated']) document.addEventListener(visited, () => { counted.visits += 1 })
document.addEventListener('load', ({ target }) => { if (target.matches('[src*="cart-echo"]')) counted.tags += 1 }, true)
`

/** Without a nonce: `wire:navigate` runs scripts with one again. */
const NAVIGATOR = '<script src="/count.js"></script><script src="/navigator.js"></script>'

/** The tag of a customer, or of nobody. */
const tagOf = (user: number | null, more = ''): string => {
  const { key, host, port } = held.server.reverb
  const settings = `data-check="/api/cart/check-updates" data-check-interval="1000" data-reverb-key="${key}"
    data-reverb-host="${host}" data-reverb-port="${port}" data-reverb-scheme="http"`
  return script('cart-echo.global.js', `defer ${settings} ${more} ${user === null ? '' : `data-user="${user}"`}`)
}

/** A shop where `/` is a customer's page and `/out` is the one after the log-out, with the tag in this place of each. */
const openShop = async (place: 'head' | 'body', code: string, out = tagOf(null), more = ''): Promise<Page> => {
  const files = { 'count.js': COUNT, 'navigator.js': code }
  const pageOf = (tag: string) => ({
    ...(place === 'head' ? { head: NAVIGATOR + tag } : { head: NAVIGATOR, body: tag }),
    files,
    block: false as const,
  })
  const opened = await open(pageOf(tagOf(1, more)))
  held.server.put(pageOf(out), 'out')
  await untilLive(opened)
  return opened
}

const stateOf = async (page: Page): Promise<string | undefined> => (await diaryOf(page)).states.at(-1)

const counted = (page: Page): Promise<{ visits: number; tags: number }> => page.evaluate('window.counted')

/**
 * Resolves when the visit is over, and the tags of the visited page that run again have run. Of a page that was not visited before: Turbo
 * would show it from its cache first, and run its tags twice.
 */
const visited = async (page: Page, go: string, tags: number): Promise<void> => {
  const before = await counted(page)
  await page.evaluate(go)
  await expect.poll(() => counted(page)).toEqual({ visits: before.visits + 1, tags: before.tags + tags })
}

describe.each(NAVIGATORS)('%s', (_, load, visit) => {
  it.each(['head', 'body'] as const)(
    'that brings a page without anybody, and then one with somebody: the tag in <%s> of each is believed',
    async (place) => {
      const page = await openShop(place, await load())
      for (const round of [1, 2]) {
        await visited(page, visit(`/out?${round}`), 1)
        await expect.poll(() => stateOf(page)).toBe('idle: no-user')
        await expect.poll(() => held.server.sockets()).toBe(0)
        await visited(page, visit(`/?${round}`), 1)
        await untilLive(page)
        await hearsOnce(held.server, page)
        expect(held.server.sockets()).toBe(1)
      }
      // Turbo shows a page that it knows, and runs its tag, before it comes anew.
      await page.evaluate(visit('/out?1'))
      await expect.poll(() => stateOf(page)).toBe('idle: no-user')
      // Turbo's progress bar has a style of its own.
      expect(held.chromium.complaints.filter((words) => !words.includes('inline style'))).toEqual([])
      expect((await diaryOf(page)).ready).toBe(1)
    },
  )

  it('that brings a page with a block, after one without, has it listen, and the other way round', async () => {
    const site = { head: NAVIGATOR + TAG, files: { 'count.js': COUNT, 'navigator.js': await load() } }
    const page = await open({ ...site, block: false })
    await expect.poll(() => page.evaluate('CartEcho.cart.connection.get().reason')).toBe('no-user')
    held.server.put(site, 'two')
    await page.evaluate(visit('/two'))
    await untilLive(page)
    await hearsOnce(held.server, page)
    await page.evaluate(visit('/'))
    await expect.poll(() => stateOf(page)).toBe('idle: no-user')
    await expect.poll(() => held.server.sockets()).toBe(0)
  })

  it('that brings a page of another tenant: it is listened to on its own channel, and asked about at its own check', async () => {
    const tenant = (name: string) =>
      tagOf(1, `data-channel="${name}App.Models.User.{user}"`).replace('check-updates', `check-updates?of=${name}`)
    const site = (name: string) => ({
      head: NAVIGATOR,
      body: tenant(name),
      files: { 'count.js': COUNT, 'navigator.js': code },
      block: false as const,
    })
    const code = await load()
    const page = await open(site(''))
    await untilLive(page)
    held.server.put(site('beta.'), 'beta')
    const asked: string[] = []
    page.on('request', (request) => asked.push(`${new URL(request.url()).search} ${request.postData() ?? ''}`))
    await visited(page, visit('/beta'), 1)
    // The stand-in has no such tenant, and refuses its channel.
    await expect.poll(() => stateOf(page)).toBe('polling: not-authorised')
    expect(asked.some((words) => words.includes('channel_name=private-beta.App.Models.User.1'))).toBe(true)
    await expect.poll(() => asked.some((words) => words.includes('of=beta.'))).toBe(true)
    await visited(page, visit('/?again'), 1)
    await untilLive(page)
    await hearsOnce(held.server, page)
  })

  it('that brings a page whose <body> has no tag: nobody looks at it', async () => {
    const page = await openShop('body', await load(), '')
    await page.evaluate(visit('/out'))
    await expect.poll(() => stateOf(page)).toBe('idle: no-user')
    await expect.poll(() => held.server.sockets()).toBe(0)
  })

  it('that runs the same tag in <body> again and again: the page goes on as it was, and that is said once', async () => {
    const page = await openShop('body', await load(), tagOf(1))
    const warnings = warningsOf(page)
    const { states } = await diaryOf(page)
    for (const path of ['/out', '/?again', '/out?again']) await visited(page, visit(path), 1)
    await hearsOnce(held.server, page)
    expect((await diaryOf(page)).states).toEqual(states)
    expect(held.server.sockets()).toBe(1)
    expect(warnings).toEqual([expect.stringContaining('already')])
    expect(held.chromium.complaints.filter((words) => !words.includes('inline style'))).toEqual([])
  })
})

it('a tag with data-navigate-once, which does not run again, is believed as long as it is there', async () => {
  const page = await openShop('body', await livewireScript(), tagOf(1, 'data-navigate-once'), 'data-navigate-once')
  const { states } = await diaryOf(page)
  await visited(page, "void Livewire.navigate('/out')", 0)
  await hearsOnce(held.server, page)
  expect((await diaryOf(page)).states).toEqual(states)
})

// Turbo has scripts wait for those before them, and so has wire:navigate, but for async ones.
it('a tag whose page was left before it ran is not believed any more', async () => {
  const late = tagOf(null).replace('.js"', '.js?out"').replace('defer', 'async')
  const page = await openShop('body', await livewireScript(), late)
  let letGo = (): void => undefined
  const isLetGo = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route('**/cart-echo.global.js?out', async (route) => {
    await isLetGo
    await route.continue()
  })
  await page.evaluate("void Livewire.navigate('/out')")
  await expect.poll(() => stateOf(page)).toBe('idle: no-user')
  await visited(page, "void Livewire.navigate('/?again')", 1)
  await untilLive(page)
  const { states } = await diaryOf(page)
  const ran = page.waitForEvent('requestfinished', (request) => request.url().endsWith('?out'))
  letGo()
  await ran
  await hearsOnce(held.server, page)
  expect((await diaryOf(page)).states).toEqual(states)
})

it('a tag that a loader takes away again is believed all the same', async () => {
  const take = 'document.currentScript.previousElementSibling.remove()'
  const page = await open({
    head: tagOf(1).replace('defer', '') + script('take.js', ''),
    files: { 'take.js': take },
    block: false,
  })
  await untilLive(page)
  await hearsOnce(held.server, page)
})

it('further tags in the same page are not believed, and that is said once', async () => {
  let warnings: string[] = []
  const page = await open({ head: tagOf(1) + tagOf(null), body: tagOf(1), block: false }, (page) => {
    warnings = warningsOf(page)
  })
  await untilLive(page)
  await hearsOnce(held.server, page)
  expect(warnings).toEqual([expect.stringContaining('has 0.1.0 already')])
})
