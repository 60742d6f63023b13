import type { Meaning, NoAnswer } from '../answer'
import { type BackOff, fullJitterMs } from '../backoff'
import type { Moment } from '../clock'
import { CartEchoError } from '../errors'
import { hasOwn } from '../shape'
import {
  type ConnectionFact,
  delayed,
  type PollingReason,
  type RefusedReason,
  refused,
  type WaitingReason,
} from '../state'

/** How the check does. */
export type Health =
  | { readonly name: 'well' }
  /** It failed. It is asked again, not before `notBeforeMs` of the clock. */
  | {
      readonly name: 'ailing'
      readonly reason: WaitingReason
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
  | { readonly name: 'dead'; readonly reason: RefusedReason; readonly error: CartEchoError }

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

const isSlow = (reason: WaitingReason): boolean => reason === 'blocked' || reason === 'check-refused'

const ailing = (before: Health, meaning: Trouble, { nowMs, random }: Moment): Ailing => {
  const { status } = meaning
  const reason = AILMENTS[meaning.name]
  const ill = before.name === 'ailing' ? before : null
  const known = ill && ill.reason === reason && ill.status === status ? ill : null
  // A server that fails in ever other ways is no better for it.
  const attempt = ill && isSlow(ill.reason) === isSlow(reason) ? ill.attempt + 1 : 0
  const times = (known?.times ?? 0) + 1
  const inMs = isSlow(reason) ? slowlyMs(attempt, random) : askedForMs(meaning) + soonMs(attempt, random)
  // One trouble is one error, however often it is met.
  const error = known?.error ?? errorOf(reason, meaning)
  return { name: 'ailing', reason, error, status, attempt, times, notBeforeMs: nowMs + inMs, inMs }
}

const askedForMs = (meaning: Trouble): number => (meaning.name === 'busy' && meaning.retryAfterMs) || 0

const soonMs = (attempt: number, random: number): number => SHORTEST_MS + fullJitterMs(SOON, attempt, random)

// At least half of it: who is told no asks seldom.
const slowlyMs = (attempt: number, random: number): number => fullJitterMs(SLOWLY, attempt, 0.5 + random / 2)

const errorOf = (reason: (typeof AILMENTS)[Trouble['name']], meaning: Trouble): CartEchoError => {
  const { status } = meaning
  const detail = `${wireOf(meaning)}. ${hasOwn(meaning, 'detail') ? meaning.detail : ''}`.trim()
  return delayed(reason, { status, detail }).error as CartEchoError
}

/** What was asked, and how it was answered. */
export const wireOf = ({ url, status }: NoAnswer): string => (url ? `${url}: HTTP ${status}` : `HTTP ${status}`)

const dead = (meaning: Trouble): Health => {
  const { status } = meaning
  const { error } = refused('misconfigured', { status, detail: `(the check, ${wireOf(meaning)})` })
  return { name: 'dead', reason: 'misconfigured', error }
}

/** What is live. `none`: there is no socket to be had. */
export type Live =
  | { readonly name: 'none' }
  /** Not live yet, or not any more; polls begin at `pollFromMs`. */
  | ({ readonly name: 'coming'; readonly pollFromMs: number } & Ailment)
  | ({ readonly name: 'away' } & Ailment)
  | { readonly name: 'up'; readonly ear: Ear }
  | ({ readonly name: 'deaf' } & Ailment)

/** What ails it. */
export interface Ailment {
  readonly reason: PollingReason
  readonly error: CartEchoError | null
}

/** So long a loss of the socket costs no request; the same again at random, for a server loses all its pages at once. */
const GRACE_MS = 5_000

const lost: Ailment = { reason: 'socket-lost', error: null }

/** True while it brings nothing, so that the check is what feeds the page. */
export const isPolling = ({ live }: { readonly live: Live }): boolean =>
  live.name === 'none' || live.name === 'away' || live.name === 'deaf'

/** On its way from now on. */
export const coming = ({ nowMs, random }: Moment, ailment: Ailment = lost): Live => ({
  ...ailment,
  name: 'coming',
  pollFromMs: nowMs + GRACE_MS * (1 + random),
})

/** What is live after it said something of itself. */
export const afterFact = (live: Live, fact: ConnectionFact, moment: Moment): Live => {
  if (fact.name === 'subscribed') return afterSubscription(live)
  const ailment = ailmentOf(fact, live)
  if (!ailment) return live
  if (live.name === 'away' || fact.name === 'refused') return { name: 'away', ...ailment }
  if (live.name === 'coming') return { ...live, ...ailment }
  return live.name === 'deaf' ? live : coming(moment, ailment)
}

// A deaf one is subscribed once more, and has still heard nothing.
const afterSubscription = (live: Live): Live =>
  live.name === 'deaf' || live.name === 'up' ? live : { name: 'up', ear: freshEar }

const ailmentOf = (fact: ConnectionFact, live: Live): Ailment | null => {
  if (fact.name === 'refused' || fact.name === 'delayed') return { reason: fact.reason, error: fact.error }
  // A socket that was given up on in silence is opened anew without having been lost.
  const isReopened = fact.name === 'socket-opening' && live.name === 'up'
  return isReopened || fact.name === 'socket-lost' || fact.name === 'channel-left' ? lost : null
}

/** What is live after a broadcast. */
export const afterBroadcast = (live: Live): Live =>
  live.name === 'up' || live.name === 'deaf' ? { name: 'up', ear: heardOne } : live

/** What is live after the check gave so many events that it had not brought. */
export const afterComparison = (live: Live, events: number): Live => {
  if (live.name !== 'up') return live
  const ear = compared(live.ear, events)
  return isDeaf(ear) ? { name: 'deaf', reason: 'no-broadcasts', error: deafness() } : { name: 'up', ear }
}

/**
 * Finds out that a socket is live and never brings anything, as with `BROADCAST_CONNECTION=log` or a queue without a worker. The
 * number of answers in a row that knew changes which the socket, live since the answer before, had not brought; null before the
 * first answer, which tells of what was before the subscription.
 */
export type Ear = number | null

/** Once may be a loss. */
const PROOF = 2

/** An ear that has just been put to a channel. */
export const freshEar: Ear = null

/** An ear that has just heard something. */
export const heardOne: Ear = 0

/** An ear after the check gave so many events. */
export const compared = (ear: Ear, events: number): Ear => (ear === null || events === 0 ? (ear ?? 0) : ear + 1)

/** True when it is proved. */
export const isDeaf = (ear: Ear): boolean => ear !== null && ear >= PROOF

/** The error that says so. */
export const deafness = (): CartEchoError =>
  new CartEchoError(
    'no-broadcasts',
    'Changes are logged, but no broadcast arrives: look at BROADCAST_CONNECTION, then at the queue worker.',
  )
