import type { Moment } from './clock'
import type { Cursor } from './cursor'
import { isSameShopper, type PageIdentity, readShopper, type Shopper } from './identity'
import { ownOnly } from './shape'
import { advance } from './stream'
import { type Arrival, type Confirmed, type Effect, newStream, type Stream, type StreamRules } from './stream/state'

/** Who is looking. Another memory is another customer: whatever was begun under it goes no further. */
interface Customer {
  readonly shopper: Shopper
  readonly memory: Memory
  /** The owner as the page itself said it: the one that the check taught us, its siblings may not know. */
  readonly saidOwner: string | null
}

/** How the place where a page listens and asks differs from that before: not at all, in how often or where it asks, in where it listens. */
export type Move = 'none' | 'interval' | 'check' | 'channel'

/**
 * Whoever a page was rendered for.
 * @throws {CartEchoError} `invalid-user` or `invalid-cursor`.
 */
export const newCustomer = (identity: PageIdentity): Customer => welcome(readShopper(identity))

/**
 * Whoever a page says is looking now. `enabled` stays as it was when left out; the same customer keeps the memory, and the owner once known.
 * A page that listens elsewhere is another customer's, and so is one that asks elsewhere, unless it names the same owner.
 * @throws {CartEchoError} `invalid-user` or `invalid-cursor`.
 */
export const identified = (
  { shopper, memory, saidOwner }: Customer,
  identity: PageIdentity,
  move: Move = 'none',
): Customer => {
  const next = readShopper({ ...identity, enabled: ownOnly(identity).enabled ?? shopper.enabled })
  const owner = memory.stream.owner ?? shopper.owner
  const isElsewhere = move === 'channel' || (move === 'check' && (owner === null || owner !== next.owner))
  if (isElsewhere || !isSameShopper({ ...shopper, owner }, next)) return welcome(next)
  return { shopper: { ...next, owner: next.owner ?? owner }, memory, saidOwner: next.owner ?? saidOwner }
}

const welcome = (shopper: Shopper): Customer => ({ shopper, memory: newMemory(shopper), saidOwner: shopper.owner })

/** What outlives a session of the same shopper: stopping and starting again loses nothing and repeats nothing. */
export interface Memory {
  stream: Stream
  /** Effects that were decided but not carried out yet, because a listener stopped the session in between. */
  readonly pending: Effect[]
  /** True while effects are being carried out, perhaps by a session that a listener has just stopped. */
  busy: boolean
  /** As of when everything there is was told; null: never yet. */
  confirmedAtMs: number | null
  /** Whose log the answer named that said so; null: it named none. */
  confirmedOwner: string | null
  /** How many changes were told. */
  told: number
  /** Keys of news that another tab dismissed, the newest last. */
  read: readonly string[]
}

/** The memory of a page that was just rendered for a shopper. */
const newMemory = ({ owner, cursor }: Shopper): Memory => ({
  stream: newStream(owner, cursor),
  pending: [],
  busy: false,
  confirmedAtMs: null,
  confirmedOwner: null,
  told: 0,
  read: [],
})

/** Takes in what happened; what is to be done for it waits to be carried out. */
export const remember = (memory: Memory, arrival: Arrival, rules: StreamRules, moment: Moment): void => {
  const { stream, effects } = advance(memory.stream, arrival, rules, moment)
  memory.stream = stream
  memory.pending.push(...effects)
}

/** Takes in that the page was rendered anew while nothing is listened to; the next session carries out what follows. */
export const rememberPage = (memory: Memory, cursor: Cursor, rules: Omit<StreamRules, 'canAsk'>, nowMs: number): void =>
  remember(memory, { name: 'rendered', cursor }, { ...rules, canAsk: false }, { nowMs, random: 0 })

/** Carries out what waits, as long as it may. A queue: what a listener makes arrive must not overtake this one. */
export const carryOut = (memory: Memory, mayGoOn: () => boolean, perform: (effect: Effect) => void): void => {
  if (memory.busy) return
  memory.busy = true
  const next = (): Effect | undefined => (mayGoOn() ? memory.pending.shift() : undefined)
  for (let effect = next(); effect; effect = next()) perform(effect)
  memory.busy = false
}

/** Forgets what was to be asked, and what an answer was worth: an earlier session's answer is not heard any more, it is asked anew. */
export const forgetAsk = ({ pending }: Memory): void => {
  const kept = pending.filter(({ name }) => name !== 'ask' && name !== 'confirmed' && name !== 'unsettled')
  pending.splice(0, pending.length, ...kept)
}

/**
 * Notes as of when everything there is was told, and whose log said so. Another tab's older answer makes nobody less sure; a clock that was
 * put back does.
 */
export const noteConfirmed = (memory: Memory, { asOfMs, owner }: Confirmed, nowMs: number): void => {
  const known = memory.confirmedAtMs
  if (asOfMs === undefined || (known !== null && known <= nowMs && asOfMs <= known)) return
  memory.confirmedAtMs = asOfMs
  memory.confirmedOwner = owner
}
