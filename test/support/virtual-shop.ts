import type { Answer, LoggedEvent, Meaning } from '../../src/engine/answer'
import type { Cursor } from '../../src/engine/cursor'
import type { Environment, Stop } from '../../src/engine/environment'
import { CartEchoError } from '../../src/engine/errors'
import type { ConnectionFact } from '../../src/engine/state'
import type { Query, Sink, Transport } from '../../src/engine/transport'
import { noAnswer } from './no-answer'
import { at } from './payloads'

/** What stands in a log: a change of this cart, of the wishlist, another event, or a change nobody can read. */
export type Kind = 'ours' | 'wishlist' | 'other-event' | 'unreadable'

/** What happens to broadcasts. `deaf`: the socket is open and nothing comes by it. */
export type Fate =
  | 'delivered'
  | 'dropped'
  | 'twice'
  | 'late'
  | 'reordered'
  | 'broken'
  | 'half-broken'
  | 'placeless'
  | 'deaf'

/** How the check does. */
export type CheckMood =
  | 'well'
  | 'failing'
  | 'busy'
  | 'blocked'
  | 'refusing'
  | 'session-over'
  | 'hanging'
  | 'lagging'
  | 'off'

/** A shop with a log, its sockets, its check and its cart, on a virtual clock. */
export interface VirtualShop {
  /** Commits a change, and broadcasts it as the network's mood will have it. */
  readonly commit: (kind: Kind) => void
  readonly setFate: (fate: Fate) => void
  readonly setCheck: (mood: CheckMood) => void
  /** The sockets go, or come back, with what the page is told. */
  readonly setSocket: (isUp: boolean, fact?: ConnectionFact) => void
  readonly setCart: (isUp: boolean) => void
  /** The log forgets what was before. */
  readonly prune: () => void
  /** The counter begins a new life. */
  readonly newEpoch: () => void
  /** The database goes back by so many commits, and its counter, as it must then, begins a new life. */
  readonly restore: (back: number) => void
  readonly live: Transport
  readonly check: (query: Query, signal: AbortSignal) => Promise<Meaning>
  readonly readCart: (signal: { readonly aborted: boolean }) => Promise<{ total: string; cursor: string }>
  readonly head: () => Cursor
  readonly total: () => string
  /** What it was at a place of the log as it is. */
  readonly totalAt: (seq: number) => string
  /** The places of this cart's changes in an epoch. */
  readonly ours: (epoch: string) => number[]
  readonly counts: { checks: number; inFlight: number; mostInFlight: number; sockets: number }
}

const EVENT = 'cart.conditions.changed'
const OWNER = 'me'

/** The payload of a change after which the total is this one. */
const payloadOf = (epoch: string, seq: number, kind: Kind, total: string): unknown => {
  if (kind === 'unreadable') return { cart_echo: { epoch, seq } }
  const change = at(seq, { epoch, instance: kind === 'wishlist' ? 'wishlist' : 'default' })
  return kind === 'ours' ? { ...change, changes: { ...change.changes, new_total: total } } : change
}

interface Entry {
  readonly kind: Kind
  readonly total: string
}

interface Log {
  readonly epoch: string
  /** What the cart was before its first entry. */
  readonly total: string
  readonly entries: Entry[]
  prunedTo: number
}

/** Opens one whose log has no entry yet. */
export const openVirtualShop = (environment: Environment): VirtualShop => {
  const logs: Log[] = [{ epoch: 'e1', total: 'RM0', entries: [], prunedTo: 0 }]
  let count = 0
  let fate: Fate = 'delivered'
  let mood: CheckMood = 'well'
  let isUp = true
  let isCartUp = true
  let downFact: ConnectionFact = { name: 'socket-lost' }
  const sockets = new Set<{ sink: Sink; isSubscribed: boolean }>()
  const counts = { checks: 0, inFlight: 0, mostInFlight: 0, sockets: 0 }
  let waiting: (() => void)[] = []
  const current = (): Log => logs.at(-1) as Log
  const total = (): string => `RM${count}`

  const send = (payload: unknown): void => {
    for (const { sink, isSubscribed } of [...sockets]) if (isUp && isSubscribed) sink.deliver(EVENT, payload)
  }

  const broadcast = (kind: Kind, payload: unknown): void => {
    if (kind === 'other-event' || fate === 'dropped' || fate === 'deaf') return
    if (fate === 'reordered') return void waiting.push(() => send(payload))
    const inMs = fate === 'late' ? 120_000 : 5
    environment.schedule(inMs, () => send(fateOf(payload)))
    if (fate === 'twice') environment.schedule(inMs + 40, () => send(payload))
  }

  const fateOf = (payload: unknown): unknown => {
    if (fate === 'broken') return 'broken'
    if (fate === 'half-broken') return { ...(payload as object), message: 5 }
    if (fate !== 'placeless') return payload
    const { cart_echo: _, ...rest } = payload as Record<string, unknown>
    return rest
  }

  const flush = (): void => {
    for (const run of waiting.reverse()) environment.schedule(5, run)
    waiting = []
  }

  const subscribe = (socket: { sink: Sink; isSubscribed: boolean }): void => {
    if (!isUp || !sockets.has(socket)) return
    socket.isSubscribed = true
    socket.sink.state({ name: 'subscribed' })
    socket.sink.resync(2_000)
  }

  const answer = (since: Cursor | null): Answer => {
    const { epoch, entries, prunedTo } = current()
    const head = Math.max(0, entries.length - (mood === 'lagging' ? 2 : 0))
    const base = { since, owner: OWNER, reset: false, events: [] as LoggedEvent[], spreadMs: 2_000 }
    if (since === null) return { ...base, cursor: { epoch, seq: head } }
    const isKnown = since.epoch === epoch || (since.seq === 0 && since.epoch === '')
    if (!isKnown || since.seq > head || since.seq < prunedTo)
      return { ...base, reset: true, cursor: { epoch, seq: head } }
    const events = entries.slice(since.seq, Math.min(head, since.seq + 50)).map(({ kind, total }, index) => ({
      event: kind === 'other-event' ? 'order.shipped' : EVENT,
      payload: payloadOf(epoch, since.seq + index + 1, kind, total),
    }))
    return { ...base, cursor: events.length > 0 ? { epoch, seq: since.seq + events.length } : since, events }
  }

  const meaning = (query: Query): Meaning => {
    switch (mood) {
      case 'failing':
        return noAnswer('check-failed', 500)
      case 'busy':
        return noAnswer('check-busy', 503, { retryAfterMs: 20_000 })
      case 'blocked':
        return noAnswer('blocked', 200)
      case 'refusing':
        return noAnswer('check-refused', 423)
      case 'session-over':
        return noAnswer('session-over', 401)
      default:
        return { name: 'log', answer: answer(query.since), policy: { enabled: mood !== 'off' } }
    }
  }

  return {
    commit: (kind) => {
      if (kind === 'ours' || kind === 'unreadable') count += 1
      current().entries.push({ kind, total: total() })
      broadcast(kind, payloadOf(current().epoch, current().entries.length, kind, total()))
    },
    setFate: (next) => {
      fate = next
      if (next !== 'reordered') flush()
    },
    setCheck: (next) => {
      mood = next
    },
    setSocket: (up, fact = { name: 'socket-lost' }) => {
      isUp = up
      downFact = fact
      for (const socket of [...sockets]) {
        if (up) environment.schedule(200, () => subscribe(socket))
        else socket.isSubscribed = false
        if (!up) socket.sink.state(fact)
      }
    },
    setCart: (up) => {
      isCartUp = up
    },
    prune: () => {
      current().prunedTo = current().entries.length
    },
    newEpoch: () => {
      logs.push({ epoch: `e${logs.length + 1}`, total: total(), entries: [], prunedTo: 0 })
    },
    restore: (back) => {
      const kept = current().entries.at(-1 - back)
      count = kept ? Number(kept.total.slice(2)) : 0
      logs.push({ epoch: `e${logs.length + 1}`, total: total(), entries: [], prunedTo: 0 })
    },
    live: (sink) => {
      const socket = { sink, isSubscribed: false }
      sockets.add(socket)
      counts.sockets = sockets.size
      sink.state(isUp ? { name: 'socket-opening' } : downFact)
      const stops: Stop[] = [environment.schedule(100, () => subscribe(socket))]
      return {
        stop: () => {
          sockets.delete(socket)
          counts.sockets = sockets.size
          for (const stop of stops) stop()
        },
      }
    },
    check: (query, signal) => {
      counts.checks += 1
      counts.inFlight += 1
      counts.mostInFlight = Math.max(counts.mostInFlight, counts.inFlight)
      return new Promise((resolve) => {
        let isDone = false
        const done = (means: Meaning): void => {
          if (isDone) return
          isDone = true
          counts.inFlight -= 1
          for (const stop of stops) stop()
          resolve(means)
        }
        const giveUp = (): void => done(noAnswer('check-failed', 0))
        const stops = [
          environment.schedule(30, () => {
            if (mood !== 'hanging') done(meaning(query))
          }),
          environment.schedule(10_000, giveUp),
        ]
        signal.addEventListener('abort', giveUp, { once: true })
      })
    },
    readCart: () =>
      new Promise((resolve, reject) => {
        const { epoch, entries } = current()
        const read = { total: total(), cursor: `${epoch}:${entries.length}` }
        environment.schedule(20, () =>
          isCartUp ? resolve(read) : reject(new CartEchoError('refresh-failed', 'The cart is away.')),
        )
      }),
    head: () => ({ epoch: current().epoch, seq: current().entries.length }),
    total,
    totalAt: (seq) => current().entries[seq - 1]?.total ?? current().total,
    ours: (epoch) =>
      (logs.find((log) => log.epoch === epoch)?.entries ?? []).flatMap(({ kind }, index) =>
        kind === 'ours' ? index + 1 : [],
      ),
    counts,
  }
}
