import type { Meaning } from '../answer'
import { backOffMs, CHECK_FAILED, CHECK_REFUSED } from '../backoff'
import type { Moment } from '../clock'
import { CartEchoError } from '../errors'
import { hasOwn } from '../shape'
import { type ConnectionFact, delayed, type PollingReason, refused, type WaitingReason } from '../state'

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

/** What brings nothing, so that the check has to. */
export type Polled = Exclude<Live, { name: 'opening' | 'up' }>

/** True while it is one of these. */
export const isPolling = (live: Live): live is Polled => live.name !== 'opening' && live.name !== 'up'

/** What is live after a fact of the live transport. */
export const afterFact = (live: Live, fact: ConnectionFact, moment: Moment): Live => {
  // A silent one that subscribes again has still brought nothing.
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
  // A socket replaced because it fell silent opens again without a `socket-lost` before it.
  const isReopened = fact.name === 'socket-opening' && live.name === 'up'
  return isReopened || fact.name === 'socket-lost' || fact.name === 'channel-left' ? lost : null
}

/** What is live after a broadcast. */
export const afterBroadcast = (live: Live): Live =>
  live.name === 'up' || live.name === 'silent' ? { name: 'up', missed: 0 } : live

/** What is live after the check gave so many changes which the socket should have brought. */
export const afterAnswer = (live: Live, unseen: number): Live => {
  if (live.name !== 'up') return live
  const missed = live.missed === null || unseen === 0 ? (live.missed ?? 0) : live.missed + 1
  if (missed < SILENT_AFTER) return { name: 'up', missed }
  return { name: 'silent', reason: 'no-broadcasts', error: new CartEchoError('no-broadcasts', NO_BROADCASTS) }
}

/** The check did not answer, and is asked again, not before `notBeforeMs` of the clock. */
export interface Failure {
  readonly reason: WaitingReason
  readonly error: CartEchoError
  readonly status: number
  /** How many failures of this kind came before it: the step of the back-off. */
  readonly attempt: number
  /** How often in a row it was just this. */
  readonly times: number
  readonly notBeforeMs: number
  /** How long that was when it was said. */
  readonly inMs: number
  /** True when nobody answers at that address: it is not asked any more. */
  readonly isFatal: boolean
}

/** A response of the check that is no answer. The end of a session is no failure of the check. */
export type NotAnswered = Exclude<Extract<Meaning, { readonly status: number }>, { name: 'session-over' }>

const REASONS = {
  failed: 'check-failed',
  busy: 'check-busy',
  blocked: 'blocked',
  refused: 'check-refused',
  'not-there': 'check-refused',
} as const

/** A deploy may lose a route for a moment. */
const BELIEVED_THE_TIME = 3

const isRefusal = (reason: WaitingReason): boolean => reason === 'blocked' || reason === 'check-refused'

/** The failure after another, or after none. `url`: what was asked, where errors are to say so. */
export const nextFailure = (
  before: Failure | null,
  meaning: NotAnswered,
  url: string | undefined,
  { nowMs, random }: Moment,
): Failure => {
  const { status } = meaning
  const reason = REASONS[meaning.name]
  const same = before?.reason === reason && before.status === status ? before : null
  // Failing in another way of the same sort does not start the ladder again.
  const attempt = before && isRefusal(before.reason) === isRefusal(reason) ? before.attempt + 1 : 0
  const times = (same?.times ?? 0) + 1
  if (meaning.name === 'not-there' && times >= BELIEVED_THE_TIME) {
    const { error } = refused('misconfigured', { status, detail: `(the check, ${wireOf(url, status)})` })
    return { reason, error, status, attempt, times, notBeforeMs: Infinity, inMs: Infinity, isFatal: true }
  }
  const askedForMs = (meaning.name === 'busy' && meaning.retryAfterMs) || 0
  const inMs = askedForMs + backOffMs(isRefusal(reason) ? CHECK_REFUSED : CHECK_FAILED, attempt, random)
  const detail = `${wireOf(url, status)}. ${hasOwn(meaning, 'detail') ? meaning.detail : ''}`.trim()
  // The same failure keeps its error, so that it is reported once.
  const error = same?.error ?? delayed(reason, { status, detail }).error
  return { reason, error, status, attempt, times, notBeforeMs: nowMs + inMs, inMs, isFatal: false }
}

/** The failure after the clock may have jumped: nobody waits longer than was said. */
export const afterJump = (failure: Failure | null, nowMs: number): Failure | null =>
  failure && failure.notBeforeMs - nowMs > failure.inMs ? { ...failure, notBeforeMs: nowMs + failure.inMs } : failure

/** What was asked, and how it was answered. */
export const wireOf = (url: string | undefined, status: number): string =>
  url ? `${url}: HTTP ${status}` : `HTTP ${status}`
