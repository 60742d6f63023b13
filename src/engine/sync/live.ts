import type { Moment } from '../clock'
import { CartEchoError } from '../errors'
import type { ConnectionFact, PollingReason } from '../state'

/** Why the page is not fed live. */
interface Cause {
  readonly reason: PollingReason
  readonly error: CartEchoError | null
}

/**
 * What the live transport is good for.
 *
 *     opening ──(subscribed)──► up ──(two answers have what it never brought)──► silent
 *       │ ▲                    │ ▲                                                 │
 *  (5 to 10 s) └───(lost)──────┘ └──────────────────(a broadcast arrives)──────────┘
 *       ▼
 *      down
 */
export type Live =
  /** There is no socket to be had. */
  | ({ readonly name: 'none' } & Cause)
  /** Not subscribed yet, or not any more; polls begin at `pollFromMs`. */
  | ({ readonly name: 'opening'; readonly pollFromMs: number } & Cause)
  /** The same for longer, or refused. */
  | ({ readonly name: 'down' } & Cause)
  /**
   * `missed`: answers of the check in a row that had changes which it had not brought; null before the first, which
   * tells of what was before the subscription.
   */
  | { readonly name: 'up'; readonly missed: number | null }
  /** Subscribed, and brings nothing, as with `BROADCAST_CONNECTION=log` or a queue without a worker. */
  | ({ readonly name: 'silent' } & Cause)

/**
 * So long a loss of the socket costs no request; the same again at random, for a server loses all its pages at once.
 */
const GRACE_MS = 5_000
/** So many answers in a row prove that it brings nothing; one may be a loss. */
const SILENT_AFTER = 2

const NO_BROADCASTS = 'No broadcast arrives: look at BROADCAST_CONNECTION, then at the queue worker.'

const lost: Cause = { reason: 'socket-lost', error: null }

/** There is no socket to be had. */
export const noLive: Live = { name: 'none', reason: 'no-socket', error: null }

/** On its way from now on. */
export const opening = ({ nowMs, random }: Moment, { reason, error }: Cause = lost): Live => ({
  name: 'opening',
  pollFromMs: nowMs + GRACE_MS * (1 + random),
  reason,
  error,
})

/** What brings nothing, so that the check is what feeds the page. */
export type Polled = Exclude<Live, { name: 'opening' | 'up' }>

/** True while it is one of these. */
export const isPolling = (live: Live): live is Polled => live.name !== 'opening' && live.name !== 'up'

/** What is live after it said something of itself. */
export const afterFact = (live: Live, fact: ConnectionFact, moment: Moment): Live => {
  // A silent one is subscribed once more, and has still brought nothing.
  if (fact.name === 'subscribed')
    return live.name === 'silent' || live.name === 'up' ? live : { name: 'up', missed: null }
  const cause = causeOf(live, fact)
  if (!cause) return live
  if (live.name === 'down' || fact.name === 'refused') return { name: 'down', ...cause }
  if (live.name === 'opening') return { ...live, ...cause }
  return live.name === 'silent' ? live : opening(moment, cause)
}

const causeOf = (live: Live, fact: ConnectionFact): Cause | null => {
  if (fact.name === 'refused' || fact.name === 'delayed') return { reason: fact.reason, error: fact.error }
  // A socket that was given up on in silence is opened anew without having been lost.
  const isReopened = fact.name === 'socket-opening' && live.name === 'up'
  return isReopened || fact.name === 'socket-lost' || fact.name === 'channel-left' ? lost : null
}

/** What is live after a broadcast. */
export const afterBroadcast = (live: Live): Live =>
  live.name === 'up' || live.name === 'silent' ? { name: 'up', missed: 0 } : live

/** What is live after the check gave so many changes that it should have brought, and had not. */
export const afterAnswer = (live: Live, unseen: number): Live => {
  if (live.name !== 'up') return live
  const missed = live.missed === null || unseen === 0 ? (live.missed ?? 0) : live.missed + 1
  if (missed < SILENT_AFTER) return { name: 'up', missed }
  return { name: 'silent', reason: 'no-broadcasts', error: new CartEchoError('no-broadcasts', NO_BROADCASTS) }
}
