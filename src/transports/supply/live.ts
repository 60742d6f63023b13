import type { ConnectionFact, PollingReason } from '../../core/connection'
import type { CartEchoError } from '../../core/errors'
import type { Moment } from '../../core/moment'
import { compared, deafness, type Ear, freshEar, heardOne, isDeaf } from './ear'

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
  readonly because: PollingReason
  readonly error: CartEchoError | null
}

/** So long a loss of the socket costs no request; the same again at random, for a server loses all its pages at once. */
const GRACE_MS = 5_000

const lost: Ailment = { because: 'socket-lost', error: null }

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
  if (fact.name === 'refused' || fact.name === 'delayed') return { because: fact.because, error: fact.error }
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
  return isDeaf(ear) ? { name: 'deaf', because: 'no-broadcasts', error: deafness() } : { name: 'up', ear }
}
