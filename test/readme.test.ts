import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Page } from 'playwright'
import ts from 'typescript'
import { afterEach, describe, expect, it } from 'vitest'
import { decodeBroadcast, decodeConditionsChanged } from '../src/core/decode'
import { startServer } from '../src/server'
import { openForPages } from './support/demo'

// Every snippet of the README, run: against the built package, in real Chromium, with the stand-in behind it.

const root = new URL('..', import.meta.url).pathname
const readme = readFileSync(join(root, 'README.md'), 'utf8')

interface Snippet {
  name: string
  language: string
  code: string
}

const snippets = new Map<string, Snippet>(
  [...readme.matchAll(/<!-- snippet: ([\w-]+) -->\n```(\w+)\n([\s\S]*?)```/g)].map(
    ([, name = '', language = '', code = '']) => [name, { name, language, code }],
  ),
)

const snippet = (name: string): string => {
  const found = snippets.get(name)
  if (!found) throw new Error(`README.md has no snippet ${name}.`)
  return found.code
}

let folder = ''
const held = openForPages(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cart-echo-readme-'))
  return startServer({ port: 0, autoLogin: 1, pages: folder })
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="csrf-token" content="%CSRF%"><title>t</title></head><body>
<p id="cart-total">?</p><p id="cart-notice"></p><p id="cart-state"></p><p id="stock"></p>
<button id="log-in">in</button><button id="log-out">out</button>
<!-- cart-echo --><script type="module" src="/page.js"></script></body></html>`

// What the Laravel starter kits do: an Echo of the page's own on window.
const OWN_ECHO = `
import Echo from 'laravel-echo'
import Pusher from 'pusher-js'
const { reverb } = JSON.parse(document.querySelector('[data-cart-echo]').textContent)
window.Echo = new Echo({ broadcaster: 'reverb', Pusher, key: reverb.key, wsHost: reverb.host, wsPort: reverb.port,
  forceTLS: false, enabledTransports: ['ws'], auth: { headers: { Accept: 'application/json' } } })
`

/** Opens a page with the snippet on it, and waits until the shop has a socket. */
const openPage = async (code: string, { before = '', loader = 'js' as 'js' | 'ts' } = {}): Promise<Page> => {
  const { outputFiles } = await build({
    stdin: { contents: `${before}\n${code}`, resolveDir: root, loader },
    bundle: true,
    format: 'esm',
    write: false,
  })
  writeFileSync(join(folder, 'page.js'), outputFiles[0]?.text ?? '')
  writeFileSync(join(folder, 'index.html'), PAGE)
  const page = await held.chromium.open(held.server.url)
  await expect.poll(() => held.server.sockets()).toBe(1)
  return page
}

/** The text of an element, once it is another. */
const changed = async (page: Page, selector: string, from: string): Promise<string> => {
  const element = page.locator(selector)
  await expect.poll(() => element.textContent()).not.toBe(from)
  return (await element.textContent()) ?? ''
}

// The server confirms a subscription after the socket is open, so the promotion ends again and again until it is heard.
const endPromotion = async (page: Page, selector: string, from: string): Promise<string> => {
  await expect
    .poll(async () => {
      held.server.shop.applyToAll('raya-sale')
      held.server.shop.removeFromAll('raya-sale')
      return page.locator(selector).textContent()
    })
    .not.toBe(from)
  return changed(page, selector, from)
}

describe('every snippet of the README', () => {
  it('has a name, and a test below', () => {
    const fenced = [...readme.matchAll(/^```(js|ts|json|html)$/gm)].length
    expect([...snippets.values()].filter(({ language }) => language !== 'sh')).toHaveLength(fenced)
    expect([...snippets.keys()].sort()).toEqual(
      [
        'break-http',
        'break-it',
        'connection',
        'dom-event',
        'existing-echo',
        'identify',
        'own-echo',
        'own-event',
        'page-block',
        'payload',
        'server',
        'server-cli',
      ].sort(),
    )
  })
})

describe('the README’s snippet', () => {
  it('page-block is read by readPage', async () => {
    const page = await held.chromium.browser.newPage()
    const { outputFiles } = await build({
      stdin: { contents: "import { readPage } from 'cart-echo'; window.page = readPage()", resolveDir: root },
      bundle: true,
      write: false,
    })
    await page.setContent(`<body><main></main>${snippet('page-block')}</body>`)
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
    expect(await page.evaluate(() => (window as unknown as { page: unknown }).page)).toEqual({
      user: '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a',
      reverb: { key: 'your-app-key', host: 'ws.example.com', port: 443, scheme: 'https' },
    })
  })

  it('existing-echo shows total and message', async () => {
    const page = await openPage(snippet('existing-echo'), { before: OWN_ECHO })
    expect(await endPromotion(page, '#cart-total', '?')).toMatch(/^RM\d+\.00$/)
    expect(await page.locator('#cart-notice').textContent()).toBe('Your cart was updated due to a promotion change')
  })

  it('own-echo shows the total', async () => {
    const page = await openPage(snippet('own-echo'))
    expect(await endPromotion(page, '#cart-total', '?')).toMatch(/^RM\d+\.00$/)
  })

  it('dom-event shows the total', async () => {
    const starting = "import { createCartEcho, readPage } from 'cart-echo'\nimport { reverb } from 'cart-echo/reverb'\n"
    const start = 'const p = readPage(); createCartEcho({ ...p, echo: reverb(p.reverb) }).start()\n'
    const page = await openPage(snippet('dom-event'), { before: starting + start })
    expect(await endPromotion(page, '#cart-total', '?')).toMatch(/^RM\d+\.00$/)
  })

  it('identify leaves the channel’s news, and listens for another customer', async () => {
    const spy = `
      window.heard = 0
      document.addEventListener('cart-conditions-changed', () => { window.heard += 1 })
      document.addEventListener('cart-echo-status', ({ detail }) => {
        document.querySelector('#cart-state').textContent = detail.name + ': ' + detail.because
      })`
    const page = await openPage(snippet('identify'), { before: OWN_ECHO + spy })
    await page.getByText('live: subscribed').waitFor()
    await page.locator('#log-out').click()
    await page.getByText('idle: no-user').waitFor()
    held.server.shop.removeFromAll('raya-sale')
    await page.locator('#log-in').click()
    // Still customer 1's session: customer 2's channel is refused, and says so.
    await page.getByText('refused: not-authorised').waitFor()
    expect(await page.evaluate(() => (window as unknown as { heard: number }).heard)).toBe(0)
  })

  it('connection shows how the page is fed', async () => {
    const page = await openPage(snippet('connection'), { before: OWN_ECHO })
    await page.getByText('live: subscribed').waitFor()
  })

  it('own-event compiles, and shows the stock', async () => {
    expect(complaintsOf(snippet('own-event'))).toEqual([])
    const page = await openPage(snippet('own-event'), { before: OWN_ECHO, loader: 'ts' })
    await expect
      .poll(async () => {
        held.server.shop.publish(1, 'cart.stock.changed', { sku: 'mug', left: 2 })
        return page.locator('#stock').textContent()
      })
      .toBe('mug: 2')
  })

  it('payload is one the decoder takes', () => {
    const payload: unknown = JSON.parse(snippet('payload'))
    const { change } = decodeBroadcast('cart.conditions.changed', payload, decodeConditionsChanged)
    expect(change).toBe(payload)
  })

  it('server runs in Node and ends', async () => {
    const code = snippet('server').replaceAll('console.log', 'said.push')
    const said: string[] = []
    const run = new Function('startServer', 'said', `return (async () => { ${code.replace(/^import.*$/m, '')} })()`)
    await run(startServer, said)
    expect(said[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/cart$/)
    expect(said[1]).toBe('5 carts changed')
  })
})

describe('the README’s way to break the server', () => {
  it('break-http restarts Reverb by one call', async () => {
    const [, method, path, header = '', body] =
      /curl -X (\w+) http:\/\/127\.0\.0\.1:8080(\S+) -H '([^']+)' -d '([^']+)'/.exec(snippet('break-http')) ?? []
    const [name = '', value = ''] = header.split(': ')
    const request = { method: method ?? '', headers: { [name]: value }, body: body ?? '' }
    const answer = await fetch(`${held.server.url}${path}`, request)
    expect(await answer.json()).toMatchObject({ active: true, fault: { kind: 'restart', downMs: 4_000 } })
  })

  it('break-it is a Playwright test that passes', async () => {
    const built = await import(join(root, 'dist/server/index.js'))
    const page = await (await held.chromium.browser.newContext()).newPage()
    const tests: (() => Promise<void>)[] = []
    const test = (_name: string, body: (fixtures: { page: Page }) => Promise<void>) => tests.push(() => body({ page }))
    new Function('test', 'startServer', snippet('break-it').replace(/^import.*$/gm, ''))(test, built.startServer)
    expect(tests).toHaveLength(1)
    for (const run of tests) await run()
  })
})

/** What the strict compiler says about a snippet that imports the built package. */
function complaintsOf(code: string): string[] {
  const path = join(root, 'test', 'readme-snippet.ts')
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    skipLibCheck: true,
  }
  const host = ts.createCompilerHost(options)
  const { readFile, fileExists, getSourceFile } = host
  host.fileExists = (name) => name === path || fileExists(name)
  host.readFile = (name) => (name === path ? code : readFile(name))
  host.getSourceFile = (name, version) =>
    name === path ? ts.createSourceFile(name, code, version) : getSourceFile(name, version)
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([path], options, host))
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}
