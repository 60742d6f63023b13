import { createAlarm } from '../../engine/clock'
import type { Environment, Stop } from '../../engine/environment'
import type { ConnectionFact } from '../../engine/state'
import { delayed, refused } from '../../engine/state'
import type { Sink } from '../../engine/transport'
import { createRetry } from './find'
import type { Steering } from './steering'

/**
 * Where we stand: the socket is away, or was turned away at the door, which is the reason until one opens, whatever pusher-js does
 * next; the confirmation is awaited; the channel is ours; its authorisation failed.
 */
type Place = 'away' | 'outside' | 'awaiting' | 'live' | 'turned-away'

/** Why we may not enter. */
type Refusal = ConnectionFact & { name: 'delayed' | 'refused' }

/** Where a page stands with its channel. It says so, and asks for the channel anew until it is confirmed. */
interface Standing {
  readonly is: (place: Place) => boolean
  readonly opening: () => void
  readonly open: () => void
  readonly lost: (nextTryAtMs?: number) => void
  readonly failed: () => void
  /** The server refused the socket. */
  readonly keptOut: (refusal: Refusal, nextTryAtMs?: number) => void
  /** The server refused the channel. */
  readonly turnedAway: (refusal: Refusal, retryAfterMs: number) => void
  /** The server confirmed it. */
  readonly confirmed: () => void
  /** Somebody left the channel. */
  readonly left: () => void
  readonly stop: Stop
}

/** How long the server may take to confirm a subscription on an open socket; pusher-js itself would wait for ever. */
const CONFIRM_WITHIN_MS = 10_000
/** Over how long pages that are back spread what they ask. pusher-js brings all of a shop back in step; what is steered comes spread. */
const IN_STEP_WITHIN_MS = 2_000
const STEERED_WITHIN_MS = 100
/** What does not mend itself in seconds. */
const PATIENTLY: ReadonlySet<string> = new Set(['blocked', 'signature-refused'])
const PATIENCE_MS = 10_000

/** Stands away at first. */
export const createStanding = (
  environment: Environment,
  sink: Sink,
  askAnew: () => void,
  steering: () => Steering | null,
): Standing => {
  const confirmation = createAlarm(environment)
  let place: Place = 'away'
  let wasLive = false
  let silences = 0
  let trouble: Refusal | null = null
  const retry = createRetry(environment, () => {
    stand('awaiting')
    askAnew()
  })

  const stand = (next: Place, fact?: ConnectionFact): void => {
    confirmation.stop()
    place = next
    if (next !== 'turned-away') retry.stop()
    if (next === 'awaiting') confirmation.set(CONFIRM_WITHIN_MS, unconfirmed)
    // Last, for whoever hears it may stop us.
    if (fact) sink.state(fact)
  }

  const standOff = (fact: ConnectionFact): void => stand(place === 'outside' ? place : 'away', fact)

  const unconfirmed = (): void => {
    silences += 1
    const hand = silences % 2 === 0 ? steering() : null
    // A fresh authorisation first, a fresh socket if that does not help.
    if (hand) hand.reconnect()
    else turnedAway(delayed('no-answer'), 0)
  }

  const turnedAway = (refusal: Refusal, retryAfterMs: number): void => {
    stand('turned-away')
    const fact = known(refusal)
    if (fact.name === 'refused') return sink.state(fact)
    sink.state({ ...fact, nextTryAtMs: retry.plan(retryAfterMs + (PATIENTLY.has(fact.reason) ? PATIENCE_MS : 0)) })
  }

  // One trouble is one error, however often it is met.
  const known = (refusal: Refusal): Refusal => {
    const isKnown = trouble?.reason === refusal.reason && trouble.error?.status === refusal.error?.status
    const mine = trouble && isKnown ? trouble : refusal
    trouble = mine
    return mine
  }

  const confirmed = (): void => {
    retry.reset()
    silences = 0
    trouble = null
    steering()?.proven()
    stand('live', { name: 'subscribed' })
    const isSteered = steering() !== null
    sink.resync('subscribed', wasLive ? (isSteered ? STEERED_WITHIN_MS : IN_STEP_WITHIN_MS) : 0)
    wasLive = true
  }

  const isAway = (): boolean => place === 'away' || place === 'outside'

  return {
    is: (asked) => place === asked,
    opening: () => standOff({ name: 'socket-opening' }),
    open: () => {
      if (isAway()) stand('awaiting', { name: 'socket-open' })
    },
    lost: (nextTryAtMs) => {
      if (place !== 'outside') stand('away', { name: 'socket-lost', nextTryAtMs })
    },
    failed: () => standOff(refused('no-web-socket')),
    keptOut: (refusal, nextTryAtMs) => {
      const fact = known(refusal)
      stand('outside', fact.name === 'delayed' ? { ...fact, nextTryAtMs } : fact)
    },
    turnedAway,
    confirmed,
    left: () => {
      if (!isAway()) stand('awaiting', { name: 'channel-left' })
    },
    stop: () => {
      confirmation.stop()
      retry.stop()
    },
  }
}
