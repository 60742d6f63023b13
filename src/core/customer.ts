import { type Memory, newMemory } from './memory'
import { ownOnly } from './shape'
import { isSameShopper, type PageIdentity, readShopper, type Shopper } from './shopper'

/** Who is looking. Another memory is another customer: whatever was begun under it goes no further. */
export interface Customer {
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
export const newCustomer = (word: PageIdentity): Customer => welcome(readShopper(word))

/**
 * Whoever a page says is looking now. `enabled` stays as it was when left out; the same customer keeps the memory, and the owner once known.
 * A page that listens elsewhere is another customer's, and so is one that asks elsewhere, unless it names the same owner.
 * @throws {CartEchoError} `invalid-user` or `invalid-cursor`.
 */
export const identified = (
  { shopper, memory, saidOwner }: Customer,
  word: PageIdentity,
  move: Move = 'none',
): Customer => {
  const next = readShopper({ ...word, enabled: ownOnly(word).enabled ?? shopper.enabled })
  const owner = memory.inbox.owner ?? shopper.owner
  const isElsewhere = move === 'channel' || (move === 'check' && (owner === null || owner !== next.owner))
  if (isElsewhere || !isSameShopper({ ...shopper, owner }, next)) return welcome(next)
  return { shopper: { ...next, owner: next.owner ?? owner }, memory, saidOwner: next.owner ?? saidOwner }
}

const welcome = (shopper: Shopper): Customer => ({ shopper, memory: newMemory(shopper), saidOwner: shopper.owner })
