import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync } from 'node:zlib'
import type { OpenedServer } from './server-process'
import { cartBlock, passOn } from './tab-front'

/** The ways a page is told, and what each puts into it. */
export const SYSTEMS = {
  neither: { isTold: false, tags: '' },
  guide: { isTold: true, tags: '<script type="module" src="/guide.js"></script>' },
  'cart-echo': {
    isTold: true,
    tags: '<script src="/cart-echo.global.js" async></script><script type="module" src="/live.js"></script>',
  },
} as const

/** One of them. */
export type System = keyof typeof SYSTEMS

/** A shop's cart pages, compressed as any shop serves them. */
export interface PageFront {
  readonly urlOf: (system: System) => string
  readonly close: () => void
}

/** What the pages load. */
export interface PageFrontFiles {
  readonly guide: Uint8Array
  /** Where the built package is. */
  readonly dist: URL
}

// Notes when the page hears its cart; the guide's bundle does so itself.
const LIVE = `document.addEventListener('cart-echo-status', ({ detail }) => {
  if (detail.name === 'live') document.documentElement.dataset.liveAtMs ??= performance.now()
})`

/** Opens one. */
export const openPageFront = async (server: OpenedServer, { guide, dist }: PageFrontFiles): Promise<PageFront> => {
  const packed = new Map<string, Buffer>()
  const scriptOf = (path: string): Buffer => {
    const bytes = path === '/guide.js' ? guide : path === '/live.js' ? LIVE : readFileSync(new URL(`.${path}`, dist))
    const kept = packed.get(path) ?? brotliCompressSync(bytes)
    packed.set(path, kept)
    return kept
  }
  const answer = async (asked: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const { pathname } = new URL(asked.url ?? '/', 'http://front')
    if (pathname.endsWith('.js')) return void reply.writeHead(200, SCRIPT).end(scriptOf(pathname))
    const system = Object.keys(SYSTEMS).find((name): name is System => pathname === `/${name}`)
    if (!system) return passOn(server, asked, reply)
    const cookies = server.cookie.split('; ').map((cookie) => `${cookie}; Path=/`)
    const html = brotliCompressSync(pageOf(await cartBlock(server), SYSTEMS[system].tags))
    reply.writeHead(200, { ...PAGE, 'Set-Cookie': cookies }).end(html)
  }
  const front = createServer((asked, reply) => void answer(asked, reply).catch(() => reply.destroy()))
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  return {
    urlOf: (system) => `http://127.0.0.1:${(front.address() as AddressInfo).port}/${system}`,
    close: () => {
      front.closeAllConnections()
      front.close()
    },
  }
}

const SCRIPT = { 'Content-Type': 'text/javascript; charset=utf-8', 'Content-Encoding': 'br' }
const PAGE = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Encoding': 'br' }

// A cart of some length, with its styles: what a shop would be slow without us, too.
const pageOf = (
  block: string,
  tags: string,
): string => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cart</title>
<style>body{font:16px system-ui;margin:2rem}li{display:flex;justify-content:space-between;padding:.5rem 0;border-bottom:1px solid #ddd}</style>
${tags}</head><body><h1>Your cart</h1><ol>${Array.from({ length: 60 }, (_, line) => `<li><span>Item ${line}</span><b>RM${line}.00</b></li>`).join('')}</ol>
${block}</body></html>`
