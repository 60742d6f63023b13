import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transform } from 'esbuild'
import type { Page } from 'playwright'
import { afterAll, beforeAll } from 'vitest'
import { type CartEchoServer, startServer } from '../../../src/server'
import { type AppPage, bundleApp, pageOf } from '../../support/app-page'
import { openBrowser, type TestBrowser } from '../../support/browser'
import { onItsOwnClock } from '../../support/page-time'

/** One page, and the shop behind it. */
export interface OnePage {
  readonly page: Page
  readonly server: CartEchoServer
  /** What the page complained about. */
  readonly complaints: readonly string[]
  /** Removes a promotion from all carts, and the next time applies it again: each is one change. */
  readonly change: () => void
  /** Loads the page anew, and forgets what it complained about before. */
  readonly reload: () => Promise<void>
  /** Customer 2 logs in by a request of the page, which has what their page would say as `next` then. */
  readonly logInAnother: () => Promise<void>
  /** Runs a script on the page, which has everything that the page's own has put on `window`. JSX is compiled. */
  readonly play: (script: string) => Promise<unknown>
}

/**
 * For all tests around the call: a page that is opened once, with customer 1 logged in. Its time goes as ours does, and faster when its clock is told to. Each test leaves it as it was.
 */
export const holdOnePage = ({ script, body = '', head = '', bundling, context }: AppPage): OnePage => {
  const held: { folder?: string; chromium?: TestBrowser; server?: CartEchoServer; page?: Page } = {}
  let isApplied = true

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cart-echo-page-'))
    held.folder = folder
    const [bundle, chromium, server] = await Promise.all([
      bundleApp(script, bundling),
      openBrowser(),
      startServer({ port: 0, autoLogin: 1, pages: folder }),
    ])
    Object.assign(held, { chromium, server })
    writeFileSync(join(folder, 'page.js'), bundle)
    writeFileSync(join(folder, 'index.html'), pageOf(head, body))
    writeFileSync(join(folder, 'favicon.ico'), '')
    held.page = await chromium.open(server.url, context, onItsOwnClock)
  })

  afterAll(async () => {
    await held.chromium?.close()
    await held.server?.close()
    if (held.folder) rmSync(held.folder, { recursive: true, force: true })
  })

  return {
    get page() {
      return held.page as Page
    },
    get server() {
      return held.server as CartEchoServer
    },
    get complaints() {
      return held.chromium?.complaints ?? []
    },
    change: () => {
      isApplied = !isApplied
      const { applyToAll, removeFromAll } = (held.server as CartEchoServer).shop
      if (isApplied) applyToAll('raya-sale')
      else removeFromAll('raya-sale')
    },
    reload: async () => {
      // By then the page before has said what it had to say.
      await held.page?.goto('about:blank')
      if (held.chromium) held.chromium.complaints.length = 0
      await held.page?.goto(held.server?.url ?? '')
    },
    logInAnother: async () => {
      await held.page?.evaluate(async () => {
        const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content') ?? ''
        const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-TOKEN': token }
        const answer = await fetch('/login', { method: 'POST', headers, body: JSON.stringify({ customer: 2 }) })
        const { csrf_token, page } = await answer.json()
        document.querySelector('meta[name="csrf-token"]')?.setAttribute('content', csrf_token)
        Object.assign(window, { next: page })
      })
    },
    play: async (words) => {
      const { code } = await transform(words, { loader: 'tsx', jsxFactory: 'createElement', jsxFragment: 'Fragment' })
      return held.page?.evaluate(code)
    },
  }
}
