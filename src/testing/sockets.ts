import { createAlarm } from '../engine/clock'
import type { Environment, Stop } from '../engine/environment'
import { type ConnectionFact, refused } from '../engine/state'
import type { Connector, Sink } from '../engine/transport'
import type { FakeShop } from './shop'

/** What the socket server does with whoever comes. */
type Server =
  | { readonly name: 'well' }
  /** Nobody answers; `untilMs`: of the clock, null: until it is well again. */
  | { readonly name: 'away'; readonly untilMs: number | null }
  /** It lets nobody past this step. */
  | { readonly name: 'slow'; readonly step: SocketStep }
  /** It refuses everybody with this. */
  | { readonly name: 'refusing'; readonly fact: ConnectionFact }

/** The steps to a live connection: an Echo is looked for, the socket is opened, the channel is subscribed. */
export type SocketStep = 'finding-echo' | 'opening-socket' | 'subscribing'

/** The sockets of a browser's tabs, and the server behind them. */
export interface Sockets {
  /** A connector whose sockets are these, and how many of them are open through it. */
  readonly connector: () => { readonly connect: Connector; readonly open: () => number }
  /** The server takes everybody, from now on. */
  readonly comeBack: () => void
  /** All are lost, and come back by themselves at this time of the clock; null: with `comeBack()`. */
  readonly lose: (untilMs: number | null) => void
  readonly slowDown: (step: SocketStep) => void
  readonly refuse: (fact: ConnectionFact) => void
  /** Broadcasts to all that are subscribed for the customer who is logged in. Who has logged out is still heard of, for Reverb revokes nothing. */
  readonly broadcast: (event: string, payload: unknown) => void
  /** Says something to the pages that have a socket. */
  readonly tell: (run: (sink: Sink) => void) => void
  /** How many would hear that. */
  readonly live: () => number
}

/** One socket of a page. */
interface Socket {
  readonly begin: () => void
  readonly suffer: (fact: ConnectionFact) => void
  readonly hear: (event: string, payload: unknown) => void
  /** True where the channel was confirmed for that customer; null: for anybody. */
  readonly isSubscribed: (owner: string | null) => boolean
  readonly sink: Sink
}

/** How long each step to a live connection takes. */
const STEP_MS = 10
/** Who is back does not ask at the same moment as all the others. */
const BACK_WITHIN_MS = 300

/** A server that takes everybody, but who is not logged in. */
export const createSockets = (shop: FakeShop): Sockets => {
  const sockets = new Set<Socket>()
  let server: Server = { name: 'well' }

  const lost = (untilMs: number | null): ConnectionFact => ({ name: 'socket-lost', nextTryAtMs: untilMs })

  const isPast = (step: SocketStep): boolean => !(server.name === 'slow' && server.step === step)

  const open = (environment: Environment, sink: Sink): Stop => {
    const alarm = createAlarm(environment)
    let isSubscribed = false
    let wasLive = false
    /** Whose channel it is. */
    let confirmedFor: string | null = null

    const begin = (): void => {
      if (isSubscribed || !isPast('finding-echo')) return
      sink.state({ name: 'socket-opening' })
      if (server.name === 'away') return suffer(lost(server.untilMs))
      if (server.name === 'refusing') return suffer(server.fact)
      if (isPast('opening-socket')) alarm.set(STEP_MS, subscribe)
    }

    const subscribe = (): void => {
      sink.state({ name: 'socket-open' })
      if (isPast('subscribing')) alarm.set(STEP_MS, confirm)
    }

    const confirm = (): void => {
      // Laravel answers both the lost session and the channel of somebody else so.
      confirmedFor = shop.owner()
      if (confirmedFor === null) return suffer(refused('not-authorised', { status: 403 }))
      isSubscribed = true
      sink.state({ name: 'subscribed' })
      sink.resync(wasLive ? BACK_WITHIN_MS : 0)
      wasLive = true
    }

    const suffer = (fact: ConnectionFact): void => {
      alarm.stop()
      isSubscribed = false
      sink.state(fact)
      if (server.name === 'away' && server.untilMs !== null) alarm.set(server.untilMs - environment.nowMs(), comeBack)
    }

    const socket: Socket = {
      begin,
      suffer,
      sink,
      isSubscribed: (owner) => isSubscribed && (owner === null || owner === confirmedFor),
      hear: sink.deliver,
    }
    sockets.add(socket)
    begin()
    return () => {
      alarm.stop()
      sockets.delete(socket)
    }
  }

  const become = (next: Server, each: (socket: Socket) => void): void => {
    server = next
    for (const socket of [...sockets]) if (sockets.has(socket)) each(socket)
  }

  const listening = (): Socket[] => [...sockets].filter(({ isSubscribed }) => isSubscribed(shop.owner()))

  const comeBack = (): void => become({ name: 'well' }, ({ begin }) => begin())

  return {
    connector: () => {
      const mine = new Set<symbol>()
      const transport: Connector['transport'] =
        ({ environment }) =>
        (sink) => {
          const socket = Symbol('socket')
          mine.add(socket)
          const close = open(environment, sink)
          const stop = (): void => {
            mine.delete(socket)
            close()
          }
          return { stop }
        }
      return { connect: { key: () => 'fake-app', transport }, open: () => mine.size }
    },
    comeBack,
    lose: (untilMs) => become({ name: 'away', untilMs }, ({ suffer }) => suffer(lost(untilMs))),
    slowDown: (step) => become({ name: 'slow', step }, () => undefined),
    refuse: (fact) => become({ name: 'refusing', fact }, ({ suffer }) => suffer(fact)),
    broadcast: (event, payload) => {
      for (const { hear } of listening()) hear(event, payload)
    },
    tell: (run) => {
      for (const { sink } of [...sockets]) run(sink)
    },
    live: () => listening().length,
  }
}
