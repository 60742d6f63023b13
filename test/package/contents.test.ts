import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { isBuiltin, SourceMap } from 'node:module'
import { join, posix, relative } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, it } from 'vitest'
import { filesWithAddresses } from '../../build/addresses.mjs'
import { linksOf } from '../../site/markdown.mjs'
import { EXPORTED } from './support/exported'
import { packagesOf, reachedFrom } from './support/modules'
import { install, packed, ROOT } from './support/pack'
import { runNode } from './support/run'

const { folder, cartEcho } = await install(['mitt', 'msw', 'react', 'vue'])
await copyFile(new URL('./support/import-entries.mjs', import.meta.url), join(folder, 'import-entries.mjs'))

interface Manifest {
  readonly version: string
  readonly unpkg: string
  readonly jsdelivr: string
  readonly exports: Record<string, string>
  readonly bin: Record<string, string>
  readonly files: readonly string[]
}
const manifest = JSON.parse(readFileSync(join(cartEcho, 'package.json'), 'utf8')) as Manifest

const inPackage = (path: string): string => path.replace(/^\.\//, '')
const scripts = Object.values(manifest.exports)
  .map(inPackage)
  .filter((path) => path.endsWith('.js'))
const bins = Object.values(manifest.bin).map(inPackage)
const declarations = scripts.map((path) => path.replace(/\.js$/, '.d.ts'))
const NOTICES = 'dist/server/THIRD-PARTY.txt'
const table = JSON.parse(readFileSync(join(cartEcho, 'dist/sri.json'), 'utf8')) as {
  version: string
  integrity: Record<string, string>
}
const SCRIPT_TAG = ['sri.json', 'cdn/THIRD-PARTY.txt', ...Object.keys(table.integrity)].map((name) => `dist/${name}`)
/** Documents for who works on it or doubts it, not for who uses it. */
const OF_PROJECT = ['architecture.md', 'demo.png', 'measurements.md', 'reliability.md', 'screen-readers.md'].map(
  (name) => `docs/${name}`,
)
const NATIVE = ['alpine', 'livewire', 'react', 'vue', 'notice', 'stats', 'inspector'].map((name) => `dist/${name}.js`)
const BROWSER_ENTRIES = [
  'dist/index.js',
  'dist/echo.js',
  'dist/reverb.js',
  'dist/echo-events.js',
  'dist/global.js',
  'dist/testing.js',
  'dist/testing-msw.js',
  ...NATIVE,
]

describe('the tarball', () => {
  it('holds what its entries, its command and its demo pages reach, and no other file of dist', () => {
    const demo = packed.files.filter((path) => /^dist\/server\/demo\/[\w-]+\.html$/.test(path))
    expect(demo.length).toBeGreaterThan(1)
    const reached = [...scripts, ...bins, ...declarations, ...demo].flatMap((path) => [...reachedFrom(cartEcho, path)])
    const inDist = packed.files.filter((path) => path.startsWith('dist/') && !path.endsWith('.map'))
    expect([...inDist].sort()).toEqual([...new Set([...reached, NOTICES, ...SCRIPT_TAG])].sort())
  })

  it('holds the script tag and its parts, as the table of their integrity says, and small', () => {
    expect(Object.keys(table.integrity)).toEqual([
      'cdn/echo.js',
      'cdn/inspector.js',
      'cdn/notice.js',
      'cdn/tabs.js',
      'cdn/engine.js',
      'cart-echo.global.js',
      'cart-echo.esm.js',
    ])
    for (const [name, integrity] of Object.entries(table.integrity)) {
      const bytes = readFileSync(join(cartEcho, 'dist', name))
      expect(integrity, name).toBe(`sha384-${createHash('sha384').update(bytes).digest('base64')}`)
    }
    expect(table.version).toBe(manifest.version)
    const tag = readFileSync(join(cartEcho, 'dist/cart-echo.global.js'))
    expect(brotliCompressSync(tag).length).toBeLessThan(4_000)
    // The tag knows what the engine must be, and that what the others must be.
    const engine = readFileSync(join(cartEcho, 'dist/cdn/engine.js'))
    expect(tag.includes(table.integrity['cdn/engine.js'] ?? '?')).toBe(true)
    for (const name of ['cdn/echo.js', 'cdn/inspector.js', 'cdn/notice.js', 'cdn/tabs.js'])
      expect(engine.includes(table.integrity[name] ?? '?'), name).toBe(true)
  })

  it('is what a CDN gives for the bare name', () => {
    expect([manifest.unpkg, manifest.jsdelivr]).toEqual(['./dist/cart-echo.global.js', './dist/cart-echo.global.js'])
  })

  it('holds the notices of what is bundled into it', () => {
    const notices = readFileSync(join(cartEcho, NOTICES), 'utf8')
    const names = [
      'ws',
      'hono',
      'laravel-echo',
      'pusher-js',
      'picocolors',
      'parse5',
      '@clack/prompts',
      '@clack/core',
      'sisteransi',
    ]
    for (const name of [...names, 'fast-wrap-ansi', 'fast-string-width', 'fast-string-truncated-width'])
      expect(notices).toMatch(new RegExp(`^${name}/licen[cs]e`, 'im'))
    expect(notices.match(/Permission is hereby granted/gi)?.length).toBe(11)
    // What parse5 brings has another.
    expect(notices).toMatch(/^parse5\/node_modules\/entities\/LICENSE/m)
  })

  it('holds the documents and the Laravel files beside dist, and nothing else', () => {
    const beside = packed.files.filter((path) => !/^(dist|laravel)\/|^docs\/[\w-]+\.(md|png)$/.test(path))
    expect([...beside].sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'])
  })

  it('holds every document but those about the project itself', () => {
    const inRepository = readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)
    const left = inRepository.filter((path) => !packed.files.includes(path))
    expect(left.sort()).toEqual(OF_PROJECT)
    // A link to one of them has the repository's address, as soon as there is one.
    const texts = Object.entries(filesWithAddresses('https://github.com/somebody/cart-echo'))
    const relative = texts.flatMap(([path, text]) =>
      (packed.files.includes(path) && path.endsWith('.md') ? linksOf(text) : [])
        .filter((link) => !/^(#|https?:)/.test(link))
        .map((link) => [path, posix.join(posix.dirname(path), link.split('#')[0] ?? '')]),
    )
    expect(relative.length).toBeGreaterThan(40)
    expect(relative.filter(([, target = '']) => !packed.files.includes(target))).toEqual([])
  })

  it('holds every Laravel file of the repository', () => {
    const inRepository = readdirSync(join(ROOT, 'laravel'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    const inTarball = packed.files.filter((path) => path.startsWith('laravel/'))
    expect([...inTarball].sort()).toEqual(inRepository.sort())
    expect(inTarball).toContain('laravel/app/CartEcho/SqlLog.php')
  })

  it('holds the document that errors name', async () => {
    const { CartEchoError } = (await import(join(cartEcho, 'dist/index.js'))) as typeof import('cart-echo')
    const [document] = new CartEchoError('no-echo', '').docs.split('#')
    expect(packed.files.map((path) => `cart-echo/${path}`)).toContain(document)
  })

  it('has no machine-made leftovers in its files', () => {
    const suspicious = packed.files.filter((path) => /\.(tsx?|tgz|env)$/.test(path) && !path.endsWith('.d.ts'))
    expect(suspicious).toEqual([])
    for (const path of packed.files.filter((file) => /\.(js|map|d\.ts|html|css)$/.test(file)))
      expect(readFileSync(join(cartEcho, path), 'utf8').includes(ROOT), path).toBe(false)
  })

  it('holds a source map beside each module for pages, which leads to the line of the source', () => {
    const mapped = packed.files.filter((path) => path.endsWith('.map')).map((path) => path.slice(0, -4))
    const modules = packed.files.filter((path) => /^dist\/[^/]+\.js$/.test(path))
    const withMap = modules.filter((path) => readFileSync(join(cartEcho, path), 'utf8').includes('sourceMappingURL'))
    expect([...mapped].sort()).toEqual([...withMap].sort())
    expect(modules.filter((path) => !withMap.includes(path)).sort()).toEqual(
      ['cart-echo.esm.js', 'cart-echo.global.js'].map((name) => `dist/${name}`),
    )
    const declared = mapped.flatMap((path) => declarationsIn(join(cartEcho, path)))
    expect(declared.length).toBeGreaterThan(500)
    // The bundler may number a name that comes twice.
    const lost = declared.filter(({ name, source }) => !source.includes(name.replace(/\d+$/, '')))
    expect(lost).toEqual([])
  })

  it('starts its command with Node', () => {
    for (const path of bins) expect(readFileSync(join(cartEcho, path), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })
})

/** What is declared in a module, and the line of the source that its map names for it. */
const declarationsIn = (path: string): { readonly name: string; readonly source: string }[] => {
  const payload = JSON.parse(readFileSync(`${path}.map`, 'utf8'))
  const map = new SourceMap(payload)
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, at) => {
      const [, name] = /^(?:var|const|let|function) (\w{5,})\b/.exec(line) ?? []
      if (name === undefined) return []
      const entry = map.findEntry(at, line.indexOf(name))
      const text: string =
        'originalSource' in entry ? payload.sourcesContent[payload.sources.indexOf(entry.originalSource)] : ''
      return [{ name, source: 'originalLine' in entry ? (text.split('\n')[entry.originalLine] ?? '') : '' }]
    })
}

const OF_MSW = 'cart-echo/testing/msw'

describe('an entry', () => {
  const names = Object.keys(EXPORTED).filter((entry) => entry !== OF_MSW)
  // In both orders: what one leaves behind may hide what another lacks.
  const imported = Promise.all(
    [names, [...names].reverse()].map((entries) => runNode(['import-entries.mjs', ...entries], folder)),
  )

  it('is listed here', () => {
    const entries = Object.keys(manifest.exports).filter((path) => path !== './package.json')
    expect(entries.map((path) => join('cart-echo', path))).toEqual(Object.keys(EXPORTED))
  })

  it('of msw exports these names; that msw looks at the navigator when it is imported is its own', async () => {
    const names = Object.keys(await import(join(cartEcho, 'dist/testing-msw.js')))
    expect(names.sort()).toEqual(EXPORTED[OF_MSW])
  })

  it.each(Object.entries(EXPORTED).filter(([entry]) => entry !== OF_MSW))(
    '%s exports these names, and touches no global when imported',
    async (entry, names) => {
      for (const { code, out, err } of await imported) {
        expect({ code, err }).toEqual({ code: 0, err: '' })
        expect(JSON.parse(out)[entry]).toEqual({ exported: names, added: [] })
      }
    },
  )

  it('is the module twin of the script tag, for import maps, of everything but frameworks that bundle', async () => {
    const twin = await import(join(cartEcho, 'dist/cart-echo.esm.js'))
    expect(Object.keys(twin).sort()).toEqual([
      'CartEchoError',
      'alpine',
      'createCartEcho',
      'echo',
      'livewire',
      'readPage',
      'reverb',
      'showNotices',
    ])
    expect(packagesOf(cartEcho, 'dist/cart-echo.esm.js')).toEqual([])
  })

  it.each(BROWSER_ENTRIES)('for browsers (%s) holds nothing of Node', (entry) => {
    for (const path of reachedFrom(cartEcho, entry)) {
      expect(readFileSync(join(cartEcho, path), 'utf8'), path).not.toMatch(/\bprocess\b|\bnode:/)
    }
  })

  it.each([
    ['dist/index.js', ['mitt']],
    ['dist/echo.js', []],
    ['dist/reverb.js', []],
  ])('without a framework (%s) imports %j and nothing else', (entry, names) => {
    expect(packagesOf(cartEcho, entry)).toEqual(names.map((name) => ({ name, isDynamic: false })))
  })

  it.each([
    ['dist/alpine.js', []],
    ['dist/livewire.js', []],
    ['dist/react.js', [{ name: 'react', isDynamic: false }]],
    ['dist/vue.js', [{ name: 'vue', isDynamic: false }]],
    ['dist/testing.js', []],
    ['dist/testing-msw.js', [{ name: 'msw', isDynamic: false }]],
  ])('for a framework or a tool (%s) imports that, and else only what the client has already', (entry, expected) => {
    const packages = packagesOf(cartEcho, entry).filter(({ name }) => name !== 'mitt')
    expect([...new Map(packages.map((one) => [one.name, one])).values()]).toEqual(expected)
  })

  it('for a page reaches nothing that is for tests', () => {
    for (const entry of BROWSER_ENTRIES.filter((path) => !path.startsWith('dist/testing')))
      for (const path of reachedFrom(cartEcho, entry))
        expect(readFileSync(join(cartEcho, path), 'utf8'), `${entry} → ${path}`).not.toContain('createFakeBrowser')
  })

  it('for React says that it is for the browser, before anything else, and no other does', () => {
    for (const entry of BROWSER_ENTRIES) {
      const text = readFileSync(join(cartEcho, entry), 'utf8')
      expect(text.startsWith("'use client';\n"), entry).toBe(entry === 'dist/react.js')
    }
  })

  it.each(['dist/server/index.js', ...bins])('for Node (%s) brings everything it needs', (entry) => {
    const packages = packagesOf(cartEcho, entry)
    expect(packages.filter(({ name }) => !isBuiltin(name))).toEqual([])
    expect(packages.length).toBeGreaterThan(5)
  })
})

describe('the package', () => {
  it('pleases publint', async () => {
    const { messages } = await publint({ pkgDir: cartEcho, strict: true, pack: false })
    const pkg: Record<string, unknown> = { ...manifest }
    expect(messages.map((message) => formatMessage(message, pkg) ?? message.code)).toEqual([])
  })

  it('has types that resolve wherever ESM does', async () => {
    const attw = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js')
    const { code, out, err } = await runNode([attw, packed.tarball, '--profile', 'esm-only', '--no-emoji'], folder)
    expect(code, out + err).toBe(0)
  })
})
