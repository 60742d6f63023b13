import type { Meaning } from '../answer'
import { backOffMs, CHECK_FAILED, CHECK_REFUSED } from '../backoff'
import type { Moment } from '../clock'
import type { CartEchoError } from '../errors'
import { hasOwn } from '../shape'
import { delayed, refused, type WaitingReason } from '../state'

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
  // A server that fails in ever other ways is no better for it.
  const attempt = before && isRefusal(before.reason) === isRefusal(reason) ? before.attempt + 1 : 0
  const times = (same?.times ?? 0) + 1
  if (meaning.name === 'not-there' && times >= BELIEVED_THE_TIME) {
    const { error } = refused('misconfigured', { status, detail: `(the check, ${wireOf(url, status)})` })
    return { reason, error, status, attempt, times, notBeforeMs: Infinity, inMs: Infinity, isFatal: true }
  }
  const askedForMs = (meaning.name === 'busy' && meaning.retryAfterMs) || 0
  const inMs = askedForMs + backOffMs(isRefusal(reason) ? CHECK_REFUSED : CHECK_FAILED, attempt, random)
  const detail = `${wireOf(url, status)}. ${hasOwn(meaning, 'detail') ? meaning.detail : ''}`.trim()
  // One trouble is one error, however often it is met.
  const error = same?.error ?? delayed(reason, { status, detail }).error
  return { reason, error, status, attempt, times, notBeforeMs: nowMs + inMs, inMs, isFatal: false }
}

/** The failure after the clock may have jumped: nobody waits longer than was said. */
export const afterJump = (failure: Failure | null, nowMs: number): Failure | null =>
  failure && failure.notBeforeMs - nowMs > failure.inMs ? { ...failure, notBeforeMs: nowMs + failure.inMs } : failure

/** What was asked, and how it was answered. */
export const wireOf = (url: string | undefined, status: number): string =>
  url ? `${url}: HTTP ${status}` : `HTTP ${status}`
