import { reverb } from '../../src/connections/reverb'
import { createCartEchoIn } from '../../src/create-cart-echo'
import { browserEnvironment } from '../../src/page/environment'
import { ownerOf, VIRTUAL_EPOCH } from './virtual-answers'
import type { VirtualClock } from './virtual-clock'
import { createVirtualEcho } from './virtual-echo'
import type { VirtualServer } from './virtual-server'
import { virtualWebSocket } from './virtual-socket'

/** Where a page is. */
export interface VirtualPlace {
  readonly clock: VirtualClock
  readonly server: VirtualServer
  readonly random: () => number
  /** The codes of what the pages report. */
  readonly errors: string[]
}

/** The systems that are compared, each with how it opens a shopper's page. Everybody looks at it. */
export const OPEN_VIRTUAL_PAGE = {
  /** The guide's recipe, and the cart read anew at once on each event. */
  guide: ({ clock, server }, shopper) => {
    const channel = createVirtualEcho(server, clock, shopper).private(`App.Models.User.${shopper}`)
    channel.listen('.cart.conditions.changed', () => {
      server.readCart(shopper).catch(() => undefined)
    })
  },
  /** cart-echo as it is, with a socket of its own and the check. */
  'cart-echo': ({ clock, server, random, errors }, shopper) => {
    const { nowMs, schedule } = clock
    Object.assign(globalThis, { WebSocket: virtualWebSocket(server) })
    const cart = createCartEchoIn(
      { ...browserEnvironment(), hasPage: true, nowMs, schedule, random },
      {
        ...{ user: shopper, owner: ownerOf(shopper), cursor: `${VIRTUAL_EPOCH}:0` },
        connect: reverb({ key: shopper, host: 'ws.example', auth: { fetch: authorising(server) } }),
        check: { url: 'https://shop.example/api/cart/check-updates', fetch: fetchFrom(server, shopper) },
        target: null,
        onError: ({ code }) => errors.push(code),
      },
    )
    cart.onRefresh(() => server.readCart(shopper))
    cart.start()
  },
} satisfies Record<string, (place: VirtualPlace, shopper: string) => void>

/** The name of a system. */
export type VirtualSystem = keyof typeof OPEN_VIRTUAL_PAGE

const authorising =
  (server: VirtualServer): typeof fetch =>
  async () => {
    await server.authorise()
    return { ok: true, status: 200, json: async () => ({ auth: 'k:signature' }) } as unknown as Response
  }

// As much of a Response as the check reads: ten thousand real ones would take longer than everything else.
const fetchFrom =
  (server: VirtualServer, shopper: string): typeof fetch =>
  async (address) => {
    const json = await server.check(shopper, new URL(String(address)).searchParams)
    const headers = { get: (name: string) => (name === 'Content-Type' ? 'application/json' : null) }
    return { status: 200, type: 'basic', headers, text: async () => json } as unknown as Response
  }
