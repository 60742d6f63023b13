import type { NoAnswer } from '../answer'
import { type BackOff, backOffMs, CHECK_FAILED, CHECK_REFUSED } from '../backoff'
import type { Moment } from '../clock'
import { CartEchoError } from '../errors'
import { type ConnectionFact, delayed, type PollingReason, refused } from '../state'

/** Why the page is not fed live. */
interface Cause {
  readonly reason: PollingReason
  readonly error: CartEchoError | null
}

/**
 * How the page is fed live.
 *
 *     opening ──(subscribed)──► up ──(two answers have what it never brought)──► down
 *       │ ▲                    │ ▲                                                │
 *  (5 to 10 s) └───(lost)──────┘ └──────────────────(a broadcast arrives)─────────┘
 *       ▼
 *      down
 */
export type Live =
  /** Not subscribed yet, or not any more; polls begin at `pollFromMs`. */
  | ({ readonly name: 'opening'; readonly pollFromMs: number } & Cause)
  /** `missed`: answers of the check that had changes which it had not brought; -1 before the first, which tells of what was before. */
  | { readonly name: 'up'; readonly missed: number }
  /**
   * It brings nothing, so the check has to: there is no socket to be had, or not for long, or it is subscribed and silent
   * (`no-broadcasts`), as with `BROADCAST_CONNECTION=log` or a queue without a worker.
   */
  | ({ readonly name: 'down' } & Cause)

/** So many answers in a row prove that it brings nothing; one may be a loss. */
const SILENT_AFTER = 2

const NO_BROADCASTS = 'No broadcast arrives: look at BROADCAST_CONNECTION, then at the queue worker.'

const lost: Cause = { reason: 'socket-lost', error: null }

/** There is no socket to be had. */
export const noLive: Live = { name: 'down', reason: 'no-socket', error: null }

/** On its way from now on. */
export const opening = (pollFromMs: number): Live => ({ name: 'opening', pollFromMs, ...lost })

/** True where it is subscribed and brings nothing. */
export const isSilent = (live: Live): boolean => live.name === 'down' && live.reason === 'no-broadcasts'

/** What is live after a fact of the live transport. Where that is a loss, polls begin at `pollFromMs`. */
export const afterFact = (live: Live, fact: ConnectionFact, pollFromMs: number): Live => {
  // A silent one that subscribes again has still brought nothing.
  if (fact.name === 'subscribed') return isSilent(live) || live.name === 'up' ? live : { name: 'up', missed: -1 }
  if (fact.name === 'refused') return { name: 'down', reason: fact.reason, error: fact.error }
  // A socket replaced because it fell silent opens again without a `socket-lost` before it.
  const isLost =
    fact.name === 'socket-lost' ||
    fact.name === 'channel-left' ||
    (fact.name === 'socket-opening' && live.name === 'up')
  if (isSilent(live) || !(isLost || fact.name === 'delayed')) return live
  const cause = fact.name === 'delayed' ? { reason: fact.reason, error: fact.error } : lost
  return live.name === 'up' ? { ...opening(pollFromMs), ...cause } : { ...live, ...cause }
}

/** What is live after the check gave so many changes which the socket should have brought. */
export const afterAnswer = (live: Live, unseen: number): Live => {
  if (live.name !== 'up') return live
  const missed = Math.max(0, live.missed + (unseen > 0 ? 1 : 0))
  if (missed < SILENT_AFTER) return { name: 'up', missed }
  return { name: 'down', reason: 'no-broadcasts', error: new CartEchoError('no-broadcasts', NO_BROADCASTS) }
}

/** The check did not answer, and is asked again, not before `notBeforeMs` of the clock; Infinity: not any more. */
export interface Failure {
  readonly fact: Extract<ConnectionFact, { readonly name: 'delayed' | 'refused' }> & { readonly error: CartEchoError }
  /** How many failures of this sort came before it: the step of the back-off. */
  readonly attempt: number
  /** How often in a row it was just this. */
  readonly times: number
  /** How long to wait when it was said. */
  readonly inMs: number
  readonly notBeforeMs: number
}

/** A deploy may lose a route for a moment. */
const BELIEVED_THE_TIME = 3

const ladderOf = (reason: string): BackOff =>
  reason === 'blocked' || reason === 'check-refused' ? CHECK_REFUSED : CHECK_FAILED

/** The failure after another, or after none. The end of a session is no failure of the check. */
export const nextFailure = (
  before: Failure | null,
  { name, ...details }: Exclude<NoAnswer, { readonly name: 'session-over' }>,
  { nowMs, random }: Moment,
): Failure => {
  const reason = name === 'misconfigured' ? 'check-refused' : name
  const same = before?.fact.reason === reason && before.fact.error.status === details.status ? before : null
  // Failing in another way of the same sort does not start the ladder again.
  const ladder = ladderOf(reason)
  const attempt = before && ladderOf(before.fact.reason) === ladder ? before.attempt + 1 : 0
  const times = (same?.times ?? 0) + 1
  const isFinal = name === 'misconfigured' && times >= BELIEVED_THE_TIME
  const inMs = isFinal ? Infinity : details.retryAfterMs + backOffMs(ladder, attempt, random)
  // The same failure keeps its error, so that it is reported once.
  const fact = isFinal ? refused('misconfigured', details) : (same?.fact ?? delayed(reason, details))
  return { fact, attempt, times, inMs, notBeforeMs: nowMs + inMs }
}
