import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { complaintsOf } from './support/compile-snippet'
import { DIST, diaryOf, hearsOnce, holdScriptTagPages, LOOSE, script, TAG, untilLive } from './support/script-tag-page'

// Every snippet of docs/monitoring.md, run: against the built package, in real Chromium, with the stand-in behind it.

const root = new URL('..', import.meta.url).pathname
const doc = readFileSync(new URL('../docs/monitoring.md', import.meta.url), 'utf8')

const snippet = (name: string): string => {
  const [, code] = new RegExp(`<!-- snippet: ${name} -->\\n\`\`\`js\\n([\\s\\S]*?)\`\`\``).exec(doc) ?? []
  if (code === undefined) throw new Error(`docs/monitoring.md has no snippet ${name}.`)
  return code
}

const { held, open } = holdScriptTagPages(LOOSE)

/** What pages sent away. */
const posts: { url: string; body: string }[] = []

// One page in ten measures: these are.
const watch = async (page: Page): Promise<void> => {
  posts.length = 0
  await page.addInitScript('Math.random = () => 0.05')
  page.on('request', (request) => {
    if (request.url().endsWith('/figures')) posts.push({ url: request.url(), body: request.postData() ?? '' })
  })
}

/** A page with that snippet, which is live. */
const opened = async (name: string): Promise<Page> => {
  const { outputFiles } = await build({
    stdin: { contents: snippet(name), resolveDir: root },
    ...{ bundle: true, format: 'esm', write: false },
  })
  const files = { 'own.js': outputFiles?.[0]?.text ?? '' }
  const page = await open({ head: script('own.js', 'type="module"'), files }, watch)
  await untilLive(page)
  return page
}

// What is sent while a page is left, Playwright does not see: it is only hidden.
const hide = async (page: Page, told: number): Promise<void> => {
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await expect.poll(() => posts.length).toBeGreaterThan(0)
  expect(posts[0]?.url).toBe(`${held.server.url}/cart-echo/figures`)
  expect(JSON.parse(posts[0]?.body ?? '')).toMatchObject({ pages: 1, 'told.socket': told })
}

const ends = async (page: Page, run: () => Promise<unknown>): Promise<string[]> => {
  const lines: string[] = []
  page.on('console', (message) => lines.push(message.text()))
  await run()
  return lines
}

describe('docs/monitoring.md', () => {
  it('has no snippet that is not run here, and each is taken by the compiler', async () => {
    const names = [...doc.matchAll(/<!-- snippet: (monitoring-\w+) -->\n```js\n/g)].map(([, name = '']) => name)
    expect(names).toEqual(['monitoring-measure', 'monitoring-mark', 'monitoring-debug', 'monitoring-tag'])
    const modules = names.slice(0, 3).map((name) => [`${name}.ts`, snippet(name)] as const)
    expect(await complaintsOf(Object.fromEntries(modules))).toEqual([])
  })

  it('measures a page, and sends what it heard when it is hidden', async () => {
    const page = await opened('monitoring-measure')
    await hearsOnce(held.server, page)
    await hide(page, (await diaryOf(page)).heard.length)
  })

  it('marks what a page hears', async () => {
    const page = await opened('monitoring-mark')
    await hearsOnce(held.server, page)
    const marked = await page.evaluate(() => performance.getEntriesByName('cart-echo told').length)
    expect(marked).toBe((await diaryOf(page)).heard.length)
  })

  it('prints nothing before it is asked for, and then a line for each thing, with payloads where that is said', async () => {
    const page = await opened('monitoring-debug')
    expect(await ends(page, () => hearsOnce(held.server, page))).toEqual([])
    await page.evaluate(/`(localStorage\['cart-echo:debug'\] = 1)`/.exec(doc)?.[1] ?? '')
    const lines = await ends(page, () => hearsOnce(held.server, page))
    expect(lines.filter((line) => /^cart-echo told \S+ cart\.conditions\.changed by socket$/.test(line))).toHaveLength(
      2,
    )
    await page.evaluate("localStorage['cart-echo:debug'] = 'payloads'")
    const more = await ends(page, () => hearsOnce(held.server, page))
    expect(more.filter((line) => line.startsWith('cart-echo heard') && line.includes('{message: '))).not.toEqual([])
    await page.evaluate(/`(delete localStorage\['cart-echo:debug'\])`/.exec(doc)?.[1] ?? '')
    expect(await ends(page, () => hearsOnce(held.server, page))).toEqual([])
  })

  it('measures a page with the script tag by a module beside it', async () => {
    for (const name of readdirSync(DIST).filter((name) => /^(stats|chunk-.*)\.js$/.test(name)))
      cpSync(join(DIST, name), join(held.server.folder, name))
    const own = snippet('monitoring-tag')
    const address = /'(https:[^']*\/dist\/stats\.js)'/.exec(own)?.[1] ?? ''
    const files = { 'own.js': own.replace(address, '/stats.js') }
    const page = await open({ head: TAG + script('own.js', 'type="module"'), files }, watch)
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect(held.chromium.complaints).toEqual([])
    await hide(page, (await diaryOf(page)).heard.length)
  })
})
