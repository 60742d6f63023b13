import type { Meaning, NoAnswer } from '../../core/answer'
import { type BackOff, fullJitterMs } from '../../core/backoff'
import type { RefusedReason, WaitingReason } from '../../core/connection'
import type { CartEchoError } from '../../core/errors'
import type { Moment } from '../../core/moment'
import { delayed, refused } from '../../core/refusal'
import { hasOwn } from '../../core/shape'

/** How the check does. */
export type Health =
  | { readonly name: 'well' }
  /** It failed. It is asked again, not before `notBeforeMs` of the clock. */
  | {
      readonly name: 'ailing'
      readonly because: WaitingReason
      readonly error: CartEchoError
      readonly status: number
      readonly attempt: number
      /** How often in a row it was just this. */
      readonly times: number
      readonly notBeforeMs: number
      /** How long that was when it was said. */
      readonly inMs: number
    }
  /** It is not there. It is not asked any more. */
  | { readonly name: 'dead'; readonly because: RefusedReason; readonly error: CartEchoError }

/** Everything but the end of a session, which is not the check's ailment. */
export type HealthMeaning = Exclude<Meaning, { name: 'session-over' }>

const SOON: BackOff = { baseMs: 2_000, capMs: 60_000 }
const SLOWLY: BackOff = { baseMs: 10_000, capMs: 300_000 }
const SHORTEST_MS = 500
/** A deploy may lose a route for a moment. */
const BELIEVED_THE_TIME = 3

/** The check before it was asked. */
export const well: Health = { name: 'well' }

/** How the check does after what it said. Pure. */
export const nextHealth = (before: Health, meaning: HealthMeaning, moment: Moment): Health => {
  if (!hasOwn(meaning, 'status')) return well
  const ill = ailing(before, meaning, moment)
  return meaning.name === 'not-there' && ill.times >= BELIEVED_THE_TIME ? dead(meaning) : ill
}

/** The check after the clock may have jumped: nobody waits longer than was said. */
export const afterJump = (health: Health, nowMs: number): Health =>
  health.name === 'ailing' && health.notBeforeMs - nowMs > health.inMs
    ? { ...health, notBeforeMs: nowMs + health.inMs }
    : health

type Ailing = Health & { name: 'ailing' }
type Trouble = Extract<HealthMeaning, { readonly status: number }>

const AILMENTS = {
  failed: 'check-failed',
  busy: 'check-busy',
  blocked: 'blocked',
  refused: 'check-refused',
  'not-there': 'check-refused',
} as const

const isSlow = (because: WaitingReason): boolean => because === 'blocked' || because === 'check-refused'

const ailing = (before: Health, meaning: Trouble, { nowMs, random }: Moment): Ailing => {
  const { status } = meaning
  const because = AILMENTS[meaning.name]
  const ill = before.name === 'ailing' ? before : null
  const known = ill && ill.because === because && ill.status === status ? ill : null
  // A server that fails in ever other ways is no better for it.
  const attempt = ill && isSlow(ill.because) === isSlow(because) ? ill.attempt + 1 : 0
  const times = (known?.times ?? 0) + 1
  const inMs = isSlow(because) ? slowlyMs(attempt, random) : askedForMs(meaning) + soonMs(attempt, random)
  // One trouble is one error, however often it is met.
  const error = known?.error ?? errorOf(because, meaning)
  return { name: 'ailing', because, error, status, attempt, times, notBeforeMs: nowMs + inMs, inMs }
}

const askedForMs = (meaning: Trouble): number => (meaning.name === 'busy' && meaning.retryAfterMs) || 0

const soonMs = (attempt: number, random: number): number => SHORTEST_MS + fullJitterMs(SOON, attempt, random)

// At least half of it: who is told no asks seldom.
const slowlyMs = (attempt: number, random: number): number => fullJitterMs(SLOWLY, attempt, 0.5 + random / 2)

const errorOf = (because: (typeof AILMENTS)[Trouble['name']], meaning: Trouble): CartEchoError => {
  const { status } = meaning
  const detail = `${wireOf(meaning)}. ${hasOwn(meaning, 'detail') ? meaning.detail : ''}`.trim()
  return delayed(because, { status, detail }).error as CartEchoError
}

/** What was asked, and how it was answered. */
export const wireOf = ({ url, status }: NoAnswer): string => (url ? `${url}: HTTP ${status}` : `HTTP ${status}`)

const dead = (meaning: Trouble): Health => {
  const { status } = meaning
  const { error } = refused('misconfigured', { status, detail: `(the check, ${wireOf(meaning)})` })
  return { name: 'dead', because: 'misconfigured', error }
}
