import { isYoung } from './clock'
import type { Environment } from './environment'
import { isSameShopper, type Shopper } from './identity'
import { advance } from './stream'
import { type Arrival, type Effect, newStream, type Stream, type StreamRules } from './stream/state'
import type { StreamStep } from './trace'

/** Who is looking. Another memory is another customer: whatever was begun under it goes no further. */
interface Customer {
  /** As the page says. The owner whom the check named is in the stream only: the shopper's other tabs may not know it. */
  readonly shopper: Shopper
  readonly memory: Memory
}

/** How the place where a page listens and asks differs from that before: not at all, in how often or where it asks, in where it listens. */
export type Move = 'none' | 'interval' | 'check' | 'channel'

/** What outlives a session of the same shopper: stopping and starting again loses nothing and repeats nothing. */
export interface Memory {
  stream: Stream
  /** Effects that were decided but not carried out yet, because a listener stopped the session in between. */
  readonly pending: Effect[]
  /** True while effects are being carried out, perhaps by a session that a listener has just stopped. */
  busy: boolean
  /** As of when everything there is was delivered; null: never yet. */
  confirmedAtMs: number | null
  /** Whose log the answer named that said so; null: it named none. */
  confirmedOwner: string | null
  /** How many changes were delivered. */
  delivered: number
  /** Keys of news that another tab dismissed, the newest last. */
  read: readonly string[]
}

/** Whoever a page was rendered for. */
export const newCustomer = (shopper: Shopper): Customer => ({
  shopper,
  memory: {
    stream: newStream(shopper.owner, shopper.cursor),
    pending: [],
    busy: false,
    confirmedAtMs: null,
    confirmedOwner: null,
    delivered: 0,
    read: [],
  },
})

/**
 * Whoever a page says is looking now. The same customer keeps the memory, and the owner once known.
 * A page that listens elsewhere is another customer's, and so is one that asks elsewhere, unless it names the same owner.
 */
export const identified = ({ shopper, memory }: Customer, next: Shopper, move: Move = 'none'): Customer => {
  const { owner } = memory.stream
  const isElsewhere = move === 'channel' || (move === 'check' && (owner === null || owner !== next.owner))
  if (isElsewhere || !isSameShopper({ ...shopper, owner }, next)) return newCustomer(next)
  return { shopper: { ...next, owner: next.owner ?? shopper.owner }, memory }
}

/** Takes in what happened; what is to be done for it waits to be carried out. Returns both. */
export const remember = (
  memory: Memory,
  arrival: Arrival,
  rules: StreamRules,
  environment: Environment,
): StreamStep => {
  const before = memory.stream
  const moment = { nowMs: environment.nowMs(), random: environment.random() }
  const { stream: after, effects } = advance(before, arrival, rules, moment)
  memory.stream = after
  memory.pending.push(...effects)
  return { name: 'stream', arrival, before, after, effects }
}

/** True when everything there is was delivered less than `maxAgeMs` ago, and nothing is known to be missing since. */
export const isConfirmed = ({ confirmedAtMs, stream }: Memory, nowMs: number, maxAgeMs: number): boolean =>
  confirmedAtMs !== null &&
  isYoung(confirmedAtMs, nowMs, maxAgeMs) &&
  stream.asking.name === 'nothing' &&
  stream.buffered.length === 0
