import { deepStrictEqual as same } from 'node:assert'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { within } from '../interop/own-process'
import { LOOSE, STRICT, script, TAG } from '../support/script-tag-site'
import { change, type Given, hasHeard, isFed, isLive, openSite, type Scenario, until } from './scenario'

/** Nothing was refused, and nothing said. */
const CLEAN = 'diary.violations.length + notes.complaints.length === 0 || [diary.violations, notes.complaints]'

const integrityOf = (dist: string, file: string): string =>
  JSON.parse(readFileSync(join(dist, 'sri.json'), 'utf8')).integrity[file]

const hears: Scenario = {
  name: 'the tag, under a policy that trusts nothing but it: each change is told once and in order, and nothing is refused',
  run: async (given) => {
    const site = await openSite(given, { page: { head: TAG } })
    const tab = await given.browser.open(site.url)
    await isLive(tab)
    await hasHeard(tab, change(site, 5))
    await until(tab, 'nothing was refused', CLEAN)
    same(await tab.evaluate('diary.ready'), 1)
    same(site.sockets(), 1)
  },
}

/** Another origin that serves the build, and what was asked of it. */
const openCdn = async ({ dist, afterwards }: Given): Promise<{ url: string; asked: string[] }> => {
  const asked: string[] = []
  const cdn = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(200, { 'Content-Type': 'text/javascript', 'Access-Control-Allow-Origin': '*' })
    response.end(readFileSync(join(dist, request.url ?? '')))
  })
  await new Promise<void>((resolve) => cdn.listen(0, '127.0.0.1', resolve))
  afterwards(() => {
    cdn.closeAllConnections()
    cdn.close()
  })
  return { url: `http://127.0.0.1:${(cdn.address() as AddressInfo).port}`, asked }
}

const pinned = (url: string, integrity: string): string =>
  `<script src="${url}/cart-echo.global.js" integrity="${integrity}" crossorigin="anonymous" defer></script>`

const fromCdn: Scenario = {
  name: 'the tag from a CDN, trusted by its integrity alone: its parts come from there, and each change is told once',
  run: async (given) => {
    const cdn = await openCdn(given)
    const hash = integrityOf(given.dist, 'cart-echo.global.js')
    const csp = STRICT.replace("'nonce-n0nce'", `'nonce-n0nce' '${hash}'`)
    const site = await openSite(given, { csp, page: { head: pinned(cdn.url, hash) } })
    const tab = await given.browser.open(site.url)
    await isLive(tab)
    await hasHeard(tab, change(site, 2))
    await until(tab, 'nothing was refused', CLEAN)
    same([...new Set(cdn.asked)].sort(), ['/cart-echo.global.js', '/cdn/engine.js', '/cdn/notice.js'])
  },
}

const anotherTag: Scenario = {
  name: 'a tag that is not the one its integrity names does not run, and the rest of the page does',
  run: async (given) => {
    const head = pinned('', integrityOf(given.dist, 'cart-echo.esm.js')) + script('after.js')
    const site = await openSite(given, { csp: LOOSE, page: { head, files: { 'after.js': 'window.after = 1' } } })
    const tab = await given.browser.open(site.url)
    await until(tab, 'the page goes on', 'window.after === 1')
    same(await tab.evaluate('typeof window.CartEcho'), 'undefined')
    same(site.seen().upgrades, 0)
  },
}

/** What may be wrong with a part, in its place. */
const TROUBLE = {
  'is another': (path: string) => writeFileSync(path, `${readFileSync(path, 'utf8')};globalThis.tampered = true`),
  'is not there': (path: string) => rmSync(path),
}

const engineTrouble = (trouble: keyof typeof TROUBLE): Scenario => ({
  name: `the tag, whose engine ${trouble}: it is not run, that is reported once, and the page is live when it has come`,
  run: async (given) => {
    const site = await openSite(given)
    const path = join(site.folder, 'cdn/engine.js')
    const right = readFileSync(path)
    TROUBLE[trouble](path)
    const tab = await given.browser.open(site.url)
    await isFed(tab, 'waiting: not-loaded')
    const [number] = change(site)
    writeFileSync(path, right)
    await isLive(tab)
    await hasHeard(tab, [Number(number), ...change(site)])
    same(await tab.evaluate('[notes.errors, typeof window.tampered]'), [['not-loaded'], 'undefined'])
  },
})

const noticeTrouble: Scenario = {
  name: 'the tag, whose notice is another: it is not run, and shows what is unread when the right one has come',
  run: async (given) => {
    const site = await openSite(given)
    const path = join(site.folder, 'cdn/notice.js')
    const right = readFileSync(path)
    TROUBLE['is another'](path)
    const tab = await given.browser.open(site.url)
    await isLive(tab)
    await hasHeard(tab, change(site))
    await until(tab, 'it is reported', "String(notes.errors) === 'not-loaded' || notes.errors")
    writeFileSync(path, right)
    await until(tab, 'the notice is there', "!!document.querySelector('cart-echo-notice')")
    same(await tab.evaluate('[notes.errors, typeof window.tampered]'), [['not-loaded'], 'undefined'])
  },
}

const tabsTrouble: Scenario = {
  name: 'the tag, whose part for several tabs is another: each tab stands alone and is told, until the right one has come',
  run: async (given) => {
    const site = await openSite(given)
    const path = join(site.folder, 'cdn/tabs.js')
    const right = readFileSync(path)
    TROUBLE['is another'](path)
    const tabs = [await given.browser.open(site.url)]
    for (const tab of tabs) await isLive(tab)
    tabs.push(await given.browser.open(site.url))
    for (const tab of tabs) {
      await isLive(tab)
      await until(tab, 'it is reported', "String(notes.errors) === 'not-loaded' || notes.errors")
    }
    same(site.sockets(), 2)
    const numbers = change(site, 2)
    for (const tab of tabs) {
      await hasHeard(tab, numbers)
      same(await tab.evaluate('typeof window.tampered'), 'undefined')
    }
    writeFileSync(path, right)
    await sharing(site)
    numbers.push(...change(site))
    for (const tab of tabs) await hasHeard(tab, numbers)
  },
}

const sharing = async (site: { sockets(): number }): Promise<void> =>
  within(40_000, 'they share one socket', () => site.sockets() === 1)

const importMap: Scenario = {
  name: 'an import map with integrity: the module runs; the part for several tabs, where it is another, does not',
  run: async (given) => {
    const imports = { 'cart-echo': '/cart-echo.esm.js' }
    const files = ['cart-echo.esm.js', 'cdn/tabs.js']
    const integrity = Object.fromEntries(files.map((file) => [`/${file}`, integrityOf(given.dist, file)]))
    const map = JSON.stringify({ imports, integrity })
    const module = `import { createCartEcho, readPage, reverb } from 'cart-echo'
      const page = readPage()
      const cart = createCartEcho({ ...page, connect: reverb(page.reverb), onError: ({ code }) => notes.errors.push(code) })
      cart.connection.subscribe(({ name, reason }) => diary.states.push(name + ': ' + reason))
      cart.start()`
    const head = `<script nonce="n0nce" type="importmap">${map}</script>${script('module.js', 'type="module"')}`
    const site = await openSite(given, { page: { head, files: { 'module.js': module } } })
    TROUBLE['is another'](join(site.folder, 'cdn/tabs.js'))
    const tabs = [await given.browser.open(site.url), await given.browser.open(site.url)]
    for (const tab of tabs) {
      await isLive(tab)
      await until(tab, 'it is reported', "String(notes.errors) === 'not-loaded' || notes.errors")
    }
    const numbers = change(site, 2)
    for (const tab of tabs) {
      await hasHeard(tab, numbers)
      same(await tab.evaluate('typeof window.tampered'), 'undefined')
    }
  },
}

const trustedTypes = (names: 'cart-echo' | 'theirs'): Scenario => ({
  name: `a policy that names the policies of Trusted Types, ${names} among them: the tag is live, and each browser reports what it does`,
  run: async (given) => {
    const site = await openSite(given, { csp: `${STRICT}; trusted-types ${names}`, page: { head: TAG } })
    const tab = await given.browser.open(site.url)
    await isLive(tab)
    await hasHeard(tab, change(site, 2))
    same(await tab.evaluate('diary.violations'), names === 'cart-echo' ? [] : given.ways.unnamedPolicy)
  },
})

/** What a page with the script tag has to do, and what it must not let itself be told. */
export const TAG_SCENARIOS: readonly Scenario[] = [
  hears,
  fromCdn,
  anotherTag,
  engineTrouble('is another'),
  engineTrouble('is not there'),
  noticeTrouble,
  tabsTrouble,
  importMap,
  trustedTypes('cart-echo'),
  trustedTypes('theirs'),
]
