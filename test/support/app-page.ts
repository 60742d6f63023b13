import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import type { BrowserContextOptions, Page } from 'playwright'
import { startServer } from '../../src/server'
import { openForPages } from './demo'

/** A page of a test's own: its script, and what is in it. */
export interface AppPage {
  /** An ES module, bundled. `cart-echo` and its other entries are the sources. */
  readonly script: string
  /** What stands in `<body>` before the page's block. @default nothing */
  readonly body?: string
  /** What is added to `<head>`. @default nothing */
  readonly head?: string
  /** How esbuild reads and resolves, such as `{ alias: { react: 'react-18' } }`. */
  readonly bundling?: BuildOptions
  /** Such as `{ bypassCSP: true }`: the stand-in's pages allow no eval. */
  readonly context?: BrowserContextOptions
  /** Told the page before it goes anywhere, such as to install a clock. @default nothing */
  readonly prepare?: (page: Page) => unknown
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ADAPTERS = ['alpine', 'livewire', 'react', 'vue']
const SOURCES = {
  'cart-echo': 'src/index.ts',
  'cart-echo/echo': 'src/connections/echo.ts',
  'cart-echo/reverb': 'src/connections/reverb.ts',
  'cart-echo/notice': 'src/notice/notice.ts',
  'cart-echo/stats': 'src/stats/stats.ts',
  'cart-echo/inspector': 'src/inspector/inspect.ts',
  ...Object.fromEntries(ADAPTERS.map((name) => [`cart-echo/${name}`, `src/adapters/${name}.ts`])),
}

// What files of one process have bundled. Plugins and the like are told apart by who they are.
const bundled = new Map<string, Promise<string>>()
const numbers = new WeakMap<object, number>()
let newest = 0

const keyOf = (script: string, bundling: BuildOptions): string =>
  JSON.stringify([script, bundling], (_, value) => {
    if (typeof value !== 'function' && !(value instanceof RegExp)) return value
    if (!numbers.has(value)) numbers.set(value, ++newest)
    return `#${numbers.get(value)}`
  })

/** Bundles a page's script against the sources: the same once for all files of a process. */
export const bundleApp = (script: string, bundling: BuildOptions = {}): Promise<string> => {
  const key = keyOf(script, bundling)
  const known = bundled.get(key) ?? bundle(script, bundling)
  bundled.set(key, known)
  return known
}

const bundle = async (script: string, { alias, ...more }: BuildOptions): Promise<string> => {
  const sources = Object.entries(SOURCES).map(([name, path]) => [name, join(ROOT, path)])
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: ROOT, loader: 'tsx' },
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"', __VUE_PROD_DEVTOOLS__: 'false', __VUE_OPTIONS_API__: 'true' },
    alias: { ...Object.fromEntries(sources), ...alias },
    write: false,
    ...more,
  })
  return outputFiles?.[0]?.text ?? ''
}

/**
 * For each test: the stand-in, where customer 1 is logged in, and a Chromium. `open` puts a page there and opens it; later
 * calls put another in its place, at the same address.
 */
export const holdAppPages = () => {
  const held = openForPages(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cart-echo-app-'))
    const server = await startServer({ port: 0, autoLogin: 1, pages: folder })
    const close = async (): Promise<void> => {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    }
    return { ...server, folder, close }
  })
  return {
    /** The server and the Chromium of the test that runs. */
    held,
    open: async ({ script, body = '', head = '', bundling, context, prepare }: AppPage): Promise<Page> => {
      const { folder, url } = held.server
      writeFileSync(join(folder, 'page.js'), await bundleApp(script, bundling))
      writeFileSync(join(folder, 'index.html'), pageOf(head, body))
      return held.chromium.open(url, context, prepare)
    },
  }
}

/** The HTML of a page whose script is `page.js`. */
export const pageOf = (head: string, body: string): string => `<!doctype html><html lang="en"><head>
<meta charset="utf-8"><meta name="csrf-token" content="%CSRF%"><title>t</title>${head}</head><body>
${body}
<!-- cart-echo --><script type="module" src="/page.js"></script></body></html>`
