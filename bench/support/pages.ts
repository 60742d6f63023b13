import type Echo from 'laravel-echo'
import { WebSocket } from 'ws'
import { echo as connectEcho } from '../../src/connections/echo'
import { reverb } from '../../src/connections/reverb'
import { type CartEchoOptions, createCartEchoIn } from '../../src/create-cart-echo'
import { browserEnvironment } from '../../src/page/environment'
import { holdsWithin } from './holds-within'
import { createPageEcho } from './page-echo'
import type { Shown } from './page-log'
import type { OpenedServer } from './server-process'

/** An open page of a shopper, which shows the total of every change it hears and does nothing else. */
export interface BenchPage {
  /** Every total it showed, in order. */
  readonly heard: readonly Shown[]
  /** True when changes arrive. */
  readonly isLive: () => boolean
  /** True when it can still be told what it did not hear live. */
  readonly catchesUp: boolean
  readonly close: () => void
}

/** What a page is made with. */
export type OpenPage = (server: OpenedServer) => Promise<BenchPage>

/** The systems that are compared. */
export const OPEN_PAGE = {
  /** The guide's own recipe: raw laravel-echo and pusher-js. */
  guide: async (server) => {
    const echo = createPageEcho(server)
    const { heard, hear } = createLog()
    const { user } = await pageBlock(server)
    const channel = echo.private(`App.Models.User.${user}`)
    channel.listen('.cart.conditions.changed', hear)
    return {
      heard,
      isLive: () => echo.connectionStatus() === 'connected' && channel.subscription.subscribed,
      catchesUp: false,
      close: () => echo.disconnect(),
    }
  },
  /** cart-echo with a socket of its own, and the check. */
  'cart-echo': async (server) => {
    // Node 20 has none of its own.
    Object.assign(globalThis, { WebSocket })
    const { key, host, port, scheme } = server.reverb
    const auth = { endpoint: `${server.url}/broadcasting/auth`, headers: { Cookie: server.cookie } }
    return openCartEcho(server, { connect: reverb({ key, host, port, scheme, auth }) })
  },
  /** cart-echo on the page's own Echo, the guide's, which is connected already and which it may steer, and the check. */
  'cart-echo-page': async (server) => {
    const echo = createPageEcho(server)
    await holdsWithin(CONNECTED_WITHIN_MS, () => echo.connectionStatus() === 'connected')
    return openCartEcho(server, { connect: connectEcho(echo, { steer: true }) }, echo)
  },
} satisfies Record<string, OpenPage>

/** The name of a system. */
export type System = keyof typeof OPEN_PAGE

/** All of them, in the order of the result. */
export const SYSTEMS = Object.keys(OPEN_PAGE) as System[]

const AT_ONCE = 10
const LIVE_WITHIN_MS = 10_000

/** Pages of one system. */
export interface PageGroup {
  readonly system: System
  readonly pages: readonly BenchPage[]
}

/**
 * Opens so many pages of each system, a few at a time: a crowd would find the server slow.
 * @throws when one does not become live.
 */
export const openPages = async (
  server: OpenedServer,
  systems: readonly System[],
  count: number,
): Promise<readonly PageGroup[]> => {
  const groups = systems.map((system) => ({ system, pages: [] as BenchPage[] }))
  for (let opened = 0; opened < count; opened += AT_ONCE) {
    for (const { system, pages } of groups) {
      const more = Math.min(AT_ONCE, count - opened)
      pages.push(...(await Promise.all(Array.from({ length: more }, () => OPEN_PAGE[system](server)))))
      const areLive = await holdsWithin(LIVE_WITHIN_MS, () => pages.every((page) => page.isLive()))
      if (!areLive) throw new Error(`Not every page of ${system} became live within ${LIVE_WITHIN_MS} ms.`)
    }
  }
  return groups
}

const CONNECTED_WITHIN_MS = 5_000

const openCartEcho = async (
  server: OpenedServer,
  options: CartEchoOptions,
  pageEcho?: Echo<'reverb'>,
): Promise<BenchPage> => {
  const { heard, hear } = createLog()
  const cart = createCartEchoIn(
    { ...browserEnvironment(), hasPage: true },
    {
      ...(await pageBlock(server)),
      check: { url: `${server.url}/api/cart/check-updates`, headers: { Cookie: server.cookie } },
      target: null,
      // What goes wrong here is what is measured.
      onError: () => undefined,
      ...options,
    },
  )
  cart.on('cart.conditions.changed', hear)
  cart.start()
  return {
    heard,
    isLive: () => cart.connection.get().name === 'live',
    catchesUp: true,
    close: () => {
      cart.stop()
      pageEcho?.disconnect()
    },
  }
}

const createLog = () => {
  const heard: Shown[] = []
  const hear = ({ changes }: { changes: { new_total?: string | null | undefined } }): void => {
    heard.push({ total: changes.new_total ?? '', atMs: Date.now() })
  }
  return { heard, hear }
}

/** What the server prints into the page. */
const pageBlock = async ({ url, cookie }: OpenedServer): Promise<{ user: number; owner: string; cursor: string }> => {
  const answer = await fetch(`${url}/session`, { headers: { Cookie: cookie } })
  const { page } = (await answer.json()) as { page: { user: number; owner: string; cursor: string } }
  return { user: page.user, owner: page.owner, cursor: page.cursor }
}
