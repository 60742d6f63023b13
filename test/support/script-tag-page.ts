import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright'
import { startServer } from '../../src/server'
import { openForPages } from './demo'

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

/** Nothing but what the tag brings, and what that trusts. Pages' styles and images are not our subject. */
export const STRICT = [
  "default-src 'none'",
  "script-src 'nonce-n0nce' 'strict-dynamic'",
  "connect-src 'self' ws:",
  "img-src 'self'",
  "require-trusted-types-for 'script'",
  "base-uri 'none'",
].join('; ')

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))
const BUILT = ['cart-echo.global.js', 'cart-echo.esm.js', 'cdn']

/** What a page of these notes: it is there before the tag is. */
const DIARY = `
window.diary = { heard: [], ready: 0, states: [], violations: [] }
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => diary.violations.push(violatedDirective + ' ' + blockedURI))
document.addEventListener('cart-conditions-changed', ({ detail }) => diary.heard.push(detail.cart_echo.seq))
document.addEventListener('cart-echo-ready', () => { diary.ready += 1 })
document.addEventListener('cart-echo-status', ({ detail }) => diary.states.push(detail.name + ': ' + detail.because))
`

/**
 * For each test: the stand-in with the built script on it, and a Chromium. Page, check and socket are on one port, and the policy comes with the page: a
 * page that Playwright answered itself would be of no address space, and Chromium lets none of those open a socket to this machine.
 */
export const holdScriptTagPages = (policy = STRICT, headers: Readonly<Record<string, string>> = {}) => {
  const held = openForPages(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cart-echo-tag-'))
    for (const name of BUILT) cpSync(join(DIST, name), join(folder, name), { recursive: true })
    const server = await startServer({
      port: 0,
      autoLogin: 1,
      pages: folder,
      pageHeaders: { 'Content-Security-Policy': policy, ...headers },
    })
    const close = async (): Promise<void> => {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    }
    return { ...server, folder, close }
  })
  return {
    held,
    /** Puts a page there, and opens it under the policy. `before` is told the page before it goes anywhere. */
    open: async (
      page: ScriptTagPage,
      before: (page: Page) => Promise<unknown> = async () => undefined,
    ): Promise<Page> => {
      const { folder, url } = held.server
      const files = { 'index.html': pageOf(page), 'diary.js': DIARY, 'favicon.ico': '', ...page.files }
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
      const opened = await held.chromium.open('about:blank')
      await before(opened)
      await opened.goto(url)
      return opened
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

/** Reads it. */
export const diaryOf = (page: Page): Promise<Diary> =>
  page.evaluate(() => (window as unknown as { diary: Diary }).diary)
