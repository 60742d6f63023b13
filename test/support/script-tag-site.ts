import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CartEchoServer, type StartServerOptions, startServer } from '../../src/server'

/** A page with the script tag. */
export interface ScriptTagPage {
  /** What stands in `<head>` and before the block in `<body>`, the script tag among it. */
  readonly head?: string
  readonly body?: string
  /** What stands for the page block; false: none. @default the stand-in's own, of customer 1 */
  readonly block?: string | false
  /** Further files of the site, such as the page's own script. */
  readonly files?: Readonly<Record<string, string>>
}

/** The tag as the README shows it, with the nonce of the strict policy. */
export const TAG = '<script nonce="n0nce" src="/cart-echo.global.js" defer></script>'

/** What many shops have: their own files, and eval for Alpine. */
export const LOOSE = "default-src 'self'; script-src 'self' 'unsafe-eval'; connect-src 'self' ws:; style-src 'self'"

/** Nothing but what the tag brings, and what that trusts. Pages' styles and images are not our subject. */
export const STRICT = [
  "default-src 'none'",
  "script-src 'nonce-n0nce' 'strict-dynamic'",
  "connect-src 'self' ws:",
  "img-src 'self'",
  "require-trusted-types-for 'script'",
  "base-uri 'none'",
].join('; ')

/** Where the build lies, from where this file is. */
export const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))
const BUILT = ['cart-echo.global.js', 'cart-echo.esm.js', 'cdn']

/** What a page of these notes: it is there before the tag is. Once: `wire:navigate` runs scripts with a nonce again. */
const DIARY = `
if (!window.diary) {
window.diary = { heard: [], ready: 0, states: [], violations: [] }
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => diary.violations.push(violatedDirective + ' ' + blockedURI))
document.addEventListener('cart-conditions-changed', ({ detail }) => diary.heard.push(detail.cart_echo.seq))
document.addEventListener('cart-echo-ready', () => { diary.ready += 1 })
document.addEventListener('cart-echo-status', ({ detail }) => diary.states.push(detail.name + ': ' + detail.reason))
}
`

/** Pages with the tag, and the shop behind them. */
export interface ScriptTagSite extends CartEchoServer {
  readonly folder: string
  /** Puts a page there, at `/` or by another name. */
  readonly put: (page: ScriptTagPage, name?: string) => void
}

/** What else there is to say about the stand-in behind such pages. */
export interface SiteOptions extends StartServerOptions {
  /** Where the build lies. @default where it is for this file */
  readonly dist?: string | undefined
}

/**
 * The stand-in with the built script on it. Page, check and socket are on one port, and the policy comes with the page: one that Playwright answered itself would
 * be of no address space, and Chromium lets none of those open a socket to this machine.
 */
export const startSite = async (
  policy = STRICT,
  headers: Readonly<Record<string, string>> = {},
  { dist = DIST, ...options }: SiteOptions = {},
): Promise<ScriptTagSite> => {
  const folder = mkdtempSync(join(tmpdir(), 'cart-echo-tag-'))
  for (const name of BUILT) cpSync(join(dist, name), join(folder, name), { recursive: true })
  const pageHeaders = { 'Content-Security-Policy': policy, ...headers }
  const server = await startServer({ port: 0, autoLogin: 1, pages: folder, pageHeaders, ...options })
  return {
    ...server,
    folder,
    put: (page, name = 'index') => {
      const files = { [`${name}.html`]: pageOf(page), 'diary.js': DIARY, 'favicon.ico': '', ...page.files }
      for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
    },
    close: async () => {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const pageOf = ({ head = '', body = '', block = '<!-- cart-echo -->' }: ScriptTagPage): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="csrf-token" content="%CSRF%"><title>t</title>
<script nonce="n0nce" src="/diary.js"></script>${head}</head><body>${body}${block || ''}</body></html>`

/** What the page has noted. */
export interface Diary {
  readonly heard: readonly number[]
  readonly ready: number
  readonly states: readonly string[]
  readonly violations: readonly string[]
}

/** A script under the policy's nonce. */
export const script = (name: string, attributes = 'defer'): string =>
  `<script nonce="n0nce" src="/${name}" ${attributes}></script>`
