import type { ShoppersMoment } from './first-after'
import { VIRTUAL_EPOCH, virtualAnswer, virtualChange } from './virtual-answers'
import type { VirtualClock } from './virtual-clock'

/** What the pages of a shop did, as its server saw it. */
export interface SeenByServer {
  readonly refreshes: ShoppersMoment[]
  readonly checks: ShoppersMoment[]
  readonly socketsOpened: ShoppersMoment[]
  readonly subscribed: ShoppersMoment[]
}

/** What a socket tells its page. */
export interface VirtualSocketHandlers {
  readonly opened: () => void
  /** It ended, or could not be opened. */
  readonly lost: () => void
  readonly confirmed: () => void
  readonly heard: (payload: unknown) => void
}

/** A page's end of a socket. */
export interface VirtualSocket {
  /** Asks for the shopper's channel. */
  readonly subscribe: () => void
  /** Closes it: nothing is heard of it any more. */
  readonly close: () => void
}

/** A shop with its Reverb, its check and its carts, on virtual time. Each shopper has one page. It answers everybody at once. */
export interface VirtualServer {
  readonly seen: SeenByServer
  readonly openSocket: (shopper: string, handlers: VirtualSocketHandlers) => VirtualSocket
  /** Signs a subscription. Rejects while the server is away, as everything that is asked of it. */
  readonly authorise: () => Promise<void>
  /** The check's answer, as JSON. */
  readonly check: (shopper: string, query: URLSearchParams) => Promise<string>
  /** Reads a cart. Resolves with the cursor it was read at. */
  readonly readCart: (shopper: string) => Promise<string>
  /** Changes a shopper's cart. */
  readonly publish: (shopper: string, spreadMs: number | null) => void
  /** Ends all sockets, and answers nothing for so long. */
  readonly restart: (downMs: number) => void
}

/** What the way to the server takes, and the way back: at random. */
const ONE_WAY_MS = { least: 10, most: 60 }

interface ServerSocket {
  readonly handlers: VirtualSocketHandlers
  isThere: boolean
  isSubscribed: boolean
}

/** One that is up. */
export const createVirtualServer = (clock: VirtualClock, random: () => number): VirtualServer => {
  const seen: SeenByServer = { refreshes: [], checks: [], socketsOpened: [], subscribed: [] }
  const sockets = new Map<string, ServerSocket>()
  const places = new Map<string, number>()
  let isUp = true

  const placeOf = (shopper: string): number => places.get(shopper) ?? 0

  const afterTheWay = (run: () => void): void => {
    clock.schedule(ONE_WAY_MS.least + random() * (ONE_WAY_MS.most - ONE_WAY_MS.least), run)
  }

  const note = (seenBefore: ShoppersMoment[], shopper: string): void =>
    void seenBefore.push({ shopper, atMs: clock.nowMs() })

  const request = <Answer>(answer: () => Answer): Promise<Answer> =>
    new Promise((resolve, reject) =>
      afterTheWay(() => {
        if (!isUp) return afterTheWay(() => reject(new TypeError('Nobody answers.')))
        const given = answer()
        afterTheWay(() => resolve(given))
      }),
    )

  const tell = (socket: ServerSocket, run: () => void): void =>
    afterTheWay(() => {
      if (socket.isThere) run()
    })

  const lose = (socket: ServerSocket): void =>
    tell(socket, () => {
      socket.isThere = false
      socket.handlers.lost()
    })

  const accept = (shopper: string, socket: ServerSocket): void => {
    if (!isUp) return lose(socket)
    sockets.set(shopper, socket)
    note(seen.socketsOpened, shopper)
    tell(socket, socket.handlers.opened)
  }

  const confirm = (shopper: string, socket: ServerSocket): void => {
    if (sockets.get(shopper) !== socket) return
    socket.isSubscribed = true
    note(seen.subscribed, shopper)
    tell(socket, socket.handlers.confirmed)
  }

  return {
    seen,
    openSocket: (shopper, handlers) => {
      const socket: ServerSocket = { handlers, isThere: true, isSubscribed: false }
      tell(socket, () => accept(shopper, socket))
      return {
        subscribe: () => tell(socket, () => confirm(shopper, socket)),
        close: () => {
          socket.isThere = false
          if (sockets.get(shopper) === socket) sockets.delete(shopper)
        },
      }
    },
    authorise: () => request(() => undefined),
    check: (shopper, query) =>
      request(() => {
        note(seen.checks, shopper)
        return virtualAnswer(shopper, placeOf(shopper), query)
      }),
    readCart: (shopper) =>
      request(() => {
        note(seen.refreshes, shopper)
        return `${VIRTUAL_EPOCH}:${placeOf(shopper)}`
      }),
    publish: (shopper, spreadMs) => {
      places.set(shopper, placeOf(shopper) + 1)
      const socket = sockets.get(shopper)
      const payload = virtualChange(placeOf(shopper), spreadMs)
      if (socket?.isSubscribed) tell(socket, () => socket.handlers.heard(payload))
    },
    restart: (downMs) => {
      isUp = false
      for (const socket of sockets.values()) lose(socket)
      sockets.clear()
      clock.schedule(downMs, () => {
        isUp = true
      })
    },
  }
}
