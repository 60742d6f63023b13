import type { Meaning } from '../../core/answer'
import { type BackOff, fullJitterMs } from '../../core/backoff'
import type { RefusedReason, WaitingReason } from '../../core/connection'
import type { CartEchoError } from '../../core/errors'
import type { Moment } from '../../core/moment'
import { delayed, refused } from '../../core/refusal'

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
  const ail = ailing(before, moment)
  switch (meaning.name) {
    case 'log':
    case 'bare':
    case 'nothing':
      return well
    case 'failed':
      return ail('check-failed', meaning.status, meaning.detail, soonMs)
    case 'busy':
      return ail(
        'check-busy',
        meaning.status,
        '',
        (attempt, random) => (meaning.retryAfterMs ?? 0) + soonMs(attempt, random),
      )
    case 'blocked':
      return ail('blocked', meaning.status, meaning.detail, slowlyMs)
    case 'refused':
      return ail('check-refused', meaning.status, '', slowlyMs)
    case 'not-there':
      return bury(ail('check-refused', meaning.status, '', slowlyMs))
  }
}

/** The check after the clock may have jumped: nobody waits longer than was said. */
export const afterJump = (health: Health, nowMs: number): Health =>
  health.name === 'ailing' && health.notBeforeMs - nowMs > health.inMs
    ? { ...health, notBeforeMs: nowMs + health.inMs }
    : health

type Ailing = Health & { name: 'ailing' }

const ailing =
  (before: Health, { nowMs, random }: Moment) =>
  (because: Ailment, status: number, detail: string, inMs: (attempt: number, random: number) => number): Ailing => {
    const ill = before.name === 'ailing' ? before : null
    const known = ill?.because === because && ill.status === status ? ill : null
    // A server that fails in ever other ways is no better for it.
    const attempt = ill && SLOW.has(ill.because) === SLOW.has(because) ? ill.attempt + 1 : 0
    const times = (known?.times ?? 0) + 1
    const words = `HTTP ${status}. ${detail}`.trim()
    // One trouble is one error, however often it is met.
    const error = known?.error ?? (delayed(because, { status, detail: words }).error as CartEchoError)
    const waitMs = inMs(attempt, random)
    return { name: 'ailing', because, error, status, attempt, times, notBeforeMs: nowMs + waitMs, inMs: waitMs }
  }

type Ailment = 'check-failed' | 'check-busy' | 'check-refused' | 'blocked'

const SLOW: ReadonlySet<WaitingReason> = new Set(['blocked', 'check-refused'])

const soonMs = (attempt: number, random: number): number => SHORTEST_MS + fullJitterMs(SOON, attempt, random)

// At least half of it: who is told no asks seldom.
const slowlyMs = (attempt: number, random: number): number => fullJitterMs(SLOWLY, attempt, 0.5 + random / 2)

const bury = (ill: Ailing): Health => {
  if (ill.times < BELIEVED_THE_TIME) return ill
  const { error } = refused('misconfigured', { status: ill.status, detail: `(the check, HTTP ${ill.status})` })
  return { name: 'dead', because: 'misconfigured', error }
}
