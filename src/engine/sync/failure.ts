import type { NoAnswer } from '../answer'
import { type BackOff, backOffMs, CHECK_FAILED, CHECK_REFUSED } from '../backoff'
import type { Environment } from '../environment'
import type { CartEchoError } from '../errors'
import { type ConnectionFact, delayed, refused } from '../state'

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
  { nowMs, random }: Pick<Environment, 'nowMs' | 'random'>,
): Failure => {
  const reason = name === 'misconfigured' ? 'check-refused' : name
  const same = before?.fact.reason === reason && before.fact.error.status === details.status ? before : null
  // Failing in another way of the same sort does not start the ladder again.
  const ladder = ladderOf(reason)
  const attempt = before && ladderOf(before.fact.reason) === ladder ? before.attempt + 1 : 0
  const times = (same?.times ?? 0) + 1
  const isFinal = name === 'misconfigured' && times >= BELIEVED_THE_TIME
  const inMs = isFinal ? Infinity : details.retryAfterMs + backOffMs(ladder, attempt, random())
  // The same failure keeps its error, so that it is reported once.
  const fact = isFinal ? refused('misconfigured', details) : (same?.fact ?? delayed(reason, details))
  return { fact, attempt, times, inMs, notBeforeMs: nowMs() + inMs }
}
