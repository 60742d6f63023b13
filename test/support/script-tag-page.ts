import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright'
import { expect } from 'vitest'
import { type CartEchoServer, startServer } from '../../src/server'
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

/** Where the build lies. */
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

/**
 * The stand-in with the built script on it. Page, check and socket are on one port, and the policy comes with the page: one that Playwright answered itself would
 * be of no address space, and Chromium lets none of those open a socket to this machine.
 */
export const startSite = async (
  policy = STRICT,
  headers: Readonly<Record<string, string>> = {},
): Promise<ScriptTagSite> => {
  const folder = mkdtempSync(join(tmpdir(), 'cart-echo-tag-'))
  for (const name of BUILT) cpSync(join(DIST, name), join(folder, name), { recursive: true })
  const pageHeaders = { 'Content-Security-Policy': policy, ...headers }
  const server = await startServer({ port: 0, autoLogin: 1, pages: folder, pageHeaders })
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

/** For each test: such a site, and a Chromium. */
export const holdScriptTagPages = (policy = STRICT) => {
  const held = openForPages(() => startSite(policy))
  return {
    held,
    /** Puts a page there, and opens it. `before` is told the page before it goes anywhere. */
    open: async (page: ScriptTagPage, before: (page: Page) => unknown = () => undefined): Promise<Page> => {
      held.server.put(page)
      return held.chromium.open(held.server.url, {}, before)
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

/** The page is fed by the socket. */
export const untilLive = (page: Page): Promise<unknown> =>
  expect.poll(async () => (await diaryOf(page)).states.at(-1)).toBe('live: subscribed')

/** Whatever a page that is loaded was to begin, once it has nothing else to do, has begun: what it asks for, it has asked for. */
export const untilIdle = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    await new Promise((resolve) => requestIdleCallback(resolve))
    await fetch('/diary.js')
  })

/** Ends a promotion and begins it again, and expects that the page hears each change, once and in order. */
export const hearsOnce = async ({ shop }: Pick<CartEchoServer, 'shop'>, page: Page): Promise<void> => {
  const { heard } = await diaryOf(page)
  for (const change of [shop.removeFromAll, shop.applyToAll]) change('raya-sale')
  await expect.poll(async () => (await diaryOf(page)).heard.length).toBe(heard.length + 2)
  // Numbers between them are those of another of the customer's carts.
  const numbers = (await diaryOf(page)).heard
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
}

/** Reads it. */
export const diaryOf = (page: Page): Promise<Diary> =>
  page.evaluate(() => (window as unknown as { diary: Diary }).diary)
