import type { Call } from '../http/call'
import { isAnswered, type Reply } from '../http/reply'
import { targetOf } from './call-faults'
import { isSubscribed } from './socket-faults'

/** How many requests got which status; `0` for those that got no answer. */
export type ByStatus = Readonly<Record<string, number>>

/** What a server has seen since it started, or since it was told to count anew. */
export interface Seen {
  /** Requests to open a socket, refused ones included; those at a closed port cannot be seen. */
  readonly upgrades: number
  /** Subscriptions that were granted. */
  readonly subscriptions: number
  /** Events on their way to Reverb, lost ones included. */
  readonly publishes: number
  /** Channel authorisations, stock and strict. */
  readonly auth: ByStatus
  readonly checks: ByStatus
  /** `GET /api/cart`. */
  readonly carts: ByStatus
}

/** Counts what comes by. */
export interface Counter {
  upgrade(): void
  publish(): void
  /** Counts a frame to a client, if it is one that counts. */
  frame(frame: string): void
  /** Counts a request by what it was answered. */
  call(call: Call, reply: Reply): void
  /** What was counted. With `reset` it starts anew. */
  seen(options?: { readonly reset?: boolean | undefined }): Seen
}

const NOTHING: Seen = { upgrades: 0, subscriptions: 0, publishes: 0, auth: {}, checks: {}, carts: {} }
const COLUMNS = { auth: 'auth', check: 'checks', cart: 'carts' } as const

/** A counter at zero. */
export const createCounter = (): Counter => {
  let counted = NOTHING
  const add = (name: 'upgrades' | 'subscriptions' | 'publishes'): void => {
    counted = { ...counted, [name]: counted[name] + 1 }
  }
  return {
    upgrade: () => add('upgrades'),
    publish: () => add('publishes'),
    frame: (frame) => {
      if (isSubscribed(frame)) add('subscriptions')
    },
    call: ({ path }, reply) => {
      const target = targetOf(path)
      if (target === null || target === 'shop') return
      const column = COLUMNS[target]
      counted = { ...counted, [column]: oneMore(counted[column], isAnswered(reply) ? reply.status : 0) }
    },
    seen: ({ reset = false } = {}) => {
      const seen = counted
      if (reset) counted = NOTHING
      return seen
    },
  }
}

const oneMore = (counts: ByStatus, status: number): ByStatus => ({ ...counts, [status]: (counts[status] ?? 0) + 1 })
