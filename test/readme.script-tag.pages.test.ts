import { readFileSync } from 'node:fs'
import { transformSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { USER_CHANNEL } from '../src/engine/settings'
import { tellWithoutAmounts } from './support/change-without-amounts'
import { complaintsOf } from './support/compile-snippet'
import { snippet } from './support/guide-snippets'
import { diaryOf, hearsOnce, holdScriptTagPages, LOOSE, script, TAG, untilLive } from './support/script-tag-page'

// The README's script tag: as it is built, in real Chromium, with the stand-in behind it.

const { held, open } = holdScriptTagPages()

const table = JSON.parse(readFileSync(new URL('../dist/sri.json', import.meta.url), 'utf8')) as {
  version: string
  integrity: Record<string, string>
}

/** The tag of the README, from this machine and under the page's nonce. */
const readmeTag = (): string =>
  snippet('tag')
    .replace(/https:\S+\/dist\//, '/')
    .replace('<script', '<script nonce="n0nce"')

/** The README's block, for the shop of this test. */
const readmeBlock = (): string => {
  const { key, host, port, scheme } = held.server.reverb
  return snippet('tag-block').replace(/\{.*\}/, (json) => {
    const block = JSON.parse(json)
    expect(Object.keys(block.reverb)).toEqual(['key', 'host', 'port', 'scheme'])
    return JSON.stringify({ ...block, user: 1, reverb: { key, host, port, scheme } })
  })
}

const totalOf = (page: { textContent(selector: string): Promise<string | null> }) => page.textContent('#cart-total')

describe('the script tag of the README', () => {
  it('names this version, and what it must be', () => {
    expect(snippet('tag')).toContain(`cart-echo@${table.version}/dist/cart-echo.global.js"`)
    expect(snippet('tag')).toContain(`integrity="${table.integrity['cart-echo.global.js']}"`)
  })

  it('has the page hear a change, with the block beside it', async () => {
    const page = await open({ head: readmeTag(), block: readmeBlock() })
    await untilLive(page)
    await hearsOnce(held.server, page)
    expect((await diaryOf(page)).violations).toEqual([])
  })

  it('prints in Blade what the block has', () => {
    for (const key of ['user', 'reverb', 'key']) expect(snippet('tag-blade')).toContain(`'${key}' =>`)
  })

  it('is fed by an event of Laravel that has what the protocol asks for, under an identity of its own', () => {
    const php = snippet('laravel-event')
    const keys = [...php.matchAll(/'(\w+)' =>/g)].map(([, key]) => key)
    expect(keys).toEqual([...Object.keys(JSON.parse(snippet('payload'))), 'id'])
    expect(php).toContain("return 'cart.conditions.changed'")
    expect(php).toContain(`new PrivateChannel("${USER_CHANNEL.replace('{user}', '{$this->userId}')}")`)
    const [, made] = /class (\w+) [\s\S]*function of\(string\|int \$userId, \?string \$message, array/.exec(php) ?? []
    expect(snippet('laravel-tinker')).toContain(`event(App\\Events\\${made}::of(7, '`)
  })

  it('gives the cart to the page’s own script, also where that comes first', async () => {
    const body = '<p id="cart-total">?</p>'
    const page = await open({ head: TAG + script('own.js'), body, files: { 'own.js': snippet('tag-ready') } })
    await untilLive(page)
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => totalOf(page)).toBe('RM120.00')
    await tellWithoutAmounts(held.server, page)
    expect(await totalOf(page)).toBe('RM120.00')
    const first = { 'own.js': snippet('tag-ready') }
    const other = await open({
      head: script('own.js', '') + script('cart-echo.global.js', 'async'),
      body,
      files: first,
    })
    await untilLive(other)
    held.server.shop.applyToAll('raya-sale')
    await expect.poll(() => totalOf(other)).toBe('RM108.00')
  })

  it('is typed, and queues what comes before the tag', async () => {
    expect(await complaintsOf({ 'tag-types.ts': snippet('tag-types') })).toEqual([])
    const code = transformSync(snippet('tag-types'), { loader: 'ts' }).code
    const said: string[] = []
    const head = script('own.js', '') + script('cart-echo.global.js', 'async')
    const page = await open({ head, files: { 'own.js': code } }, (page) =>
      page.on('console', (message) => said.push(message.text())),
    )
    await untilLive(page)
    held.server.shop.removeFromAll('raya-sale')
    await expect.poll(() => said).toContain('RM120.00')
  })

  it('starts by hand, with options', async () => {
    const own = `const report = () => undefined\n${snippet('tag-manual')}\nwindow.stop = stop`
    const head = script('cart-echo.global.js', 'defer data-manual') + script('own.js')
    const page = await open({ head, files: { 'own.js': own } })
    await untilLive(page)
    await page.evaluate('stop()')
    await expect.poll(() => held.server.sockets()).toBe(0)
  })

  it('says what changed in the words that the page has for it', async () => {
    const page = await open({ head: TAG, body: snippet('notice-words') })
    await untilLive(page)
    held.server.shop.removeFromAll('raya-sale')
    // It is said twice: shown, and to screen readers.
    await page.getByText('La promotion Raya Sale est terminée. Nouveau total : RM120.00.').first().waitFor()
    expect(await page.getByRole('group', { name: 'Panier mis à jour' }).isVisible()).toBe(true)
    await page.getByRole('button', { name: 'Fermer' }).click()
    expect((await diaryOf(page)).violations).toEqual([])
  })

  it('is a module by import map, too', async () => {
    const map = snippet('import-map').replace('<script', '<script nonce="n0nce"').replace('/js/', '/')
    const head = map + script('own.js', 'type="module"')
    const page = await open({ head, files: { 'own.js': snippet('import-map-module') } })
    await untilLive(page)
    await hearsOnce(held.server, page)
  })
})

it('the import map that pins what it brings, with what dist/sri.json says, is live', async () => {
  const { integrity } = JSON.parse(readFileSync(new URL('../dist/sri.json', import.meta.url), 'utf8'))
  const pinned = snippet('import-map-integrity').replace(
    /"\/js\/([\w./-]+)": "sha384-…"/g,
    (_, path: string) => `"/${path}": "${integrity[path]}"`,
  )
  expect(pinned.match(/sha384-[\w+/]{64}/g)).toHaveLength(2)
  const map = pinned.replace('<script', '<script nonce="n0nce"').replace('/js/', '/')
  const head = map + script('own.js', 'type="module"')
  const page = await open({ head, files: { 'own.js': snippet('import-map-module') } })
  await untilLive(page)
  await hearsOnce(held.server, page)
})

describe('the script tag of the README, where HTML may be made of text', () => {
  const loose = holdScriptTagPages(LOOSE)

  const files = { 'own.js': snippet('tag-refresh') }
  const body = '<main id="cart">read once</main>'

  it('shows the page’s cart anew, whether the script comes before the tag or after it', async () => {
    for (const head of [TAG + script('own.js'), TAG + script('own.js', '')]) {
      const page = await loose.open({ head, body, files })
      await untilLive(page)
      loose.held.server.put({ head, body: body.replace('once', 'anew') })
      loose.held.server.shop.burst('raya-sale', 1)
      await page.locator('#cart').getByText('read anew').waitFor()
    }
    expect(loose.held.chromium.complaints).toEqual([])
  })

  it('does not take the cart of the page that asks to log in', async () => {
    const page = await loose.open({ head: TAG + script('own.js'), body, files })
    await untilLive(page)
    await page.route('**/', (route) => route.fulfill({ status: 302, headers: { Location: '/log-in' } }))
    loose.held.server.put({ body: '<main id="cart">empty</main>' }, 'log-in')
    expect(await page.evaluate('CartEcho.cart.refresh().catch(({ code }) => code)')).toBe('refresh-failed')
    expect(await page.locator('#cart').textContent()).toBe('read once')
  })
})
