import type { Publication } from '../reverb/publication'
import type { Disturbance } from './disturbances'
import { type Span, strikesOf } from './fault'
import type { Hand } from './running-fault'
import type { Stage } from './stage'

/** `next`: the next one; with `times` or `forMs` the next so many, or all for so long. `nth`: 1 is the next. `every`: the 2nd, 4th, 6th … for 2. */
export type Which = 'next' | { readonly nth: number } | { readonly every: number }

/** Which published events a fault is about, whoever publishes them. */
export interface EventSpan extends Span {
  /** Only events of this name. @default all */
  readonly event?: string | undefined
  /** Only events on the channel of this customer. @default everybody's */
  readonly customer?: string | number | undefined
}

/** Events do not reach the sockets. */
export interface DropFault extends EventSpan {
  readonly kind: 'drop'
  /**
   * `last`: the one that nothing follows on its channel for `quietMs`. It can be known only afterwards, so each event
   * waits for the next one as long as the fault is active. @default 'next'
   */
  readonly which?: Which | 'last' | undefined
  /** True: the shop learns that its broadcast failed, so that an outbox tells it again. For `last` nobody learns. @default true */
  readonly noticed?: boolean | undefined
  /** @default 100 */
  readonly quietMs?: number | undefined
}

/** Events reach the sockets several times, one after the other. */
export interface DuplicateFault extends EventSpan {
  readonly kind: 'duplicate'
  /** @default 'next' */
  readonly which?: Which | undefined
  /** How many arrive in all. @default 2 */
  readonly copies?: number | undefined
}

/** Events are overtaken by later ones of their channel. One that is still held when the fault ends goes out then. */
export interface ReorderFault extends EventSpan {
  readonly kind: 'reorder'
  /** @default 'next' */
  readonly which?: Which | undefined
  /** By how many. @default 1 */
  readonly after?: number | undefined
}

/** True when a channel is that of a customer; every channel is when no customer is named. */
export const concernsChannel = (customer: string | number | undefined, channel: string): boolean =>
  customer === undefined || channel === `private-App.Models.User.${customer}`

/** True when a fault is about an event, whichever of them it picks. */
const concernsPublication = ({ event, customer }: EventSpan, publication: Publication): boolean => {
  if (event !== undefined && event !== publication.event) return false
  return publication.channels.some((channel) => concernsChannel(customer, channel))
}

/** What is picked by. */
interface PickerOptions extends EventSpan {
  readonly which?: Which | undefined
}

/** Says of one event after the other whether it is meant. It counts those that the fault is about. */
const createPicker = (options: PickerOptions): ((publication: Publication) => boolean) => {
  let met = 0
  return (publication) => {
    if (!concernsPublication(options, publication)) return false
    met += 1
    return isMeant(options.which ?? 'next', met)
  }
}

const isMeant = (which: Which, met: number): boolean => {
  if (which === 'next') return true
  return 'nth' in which ? met === which.nth : met % which.every === 0
}

/** Loses events on their way to Reverb. */
export const drop = (fault: DropFault, hand: Hand, stage: Stage): Disturbance => {
  if (fault.which === 'last') return dropLast(fault, hand, stage)
  const picks = createPicker({ ...fault, which: fault.which })
  return {
    publication: (publication, pass) => {
      if (!picks(publication)) return pass(publication)
      hand.strike()
      return fault.noticed === false
    },
  }
}

const QUIET_MS = 100

interface Waiting {
  pass(): void
  cancel(): void
}

/** Loses the event that nothing follows: each waits for the next one of its channels, and after a while in vain. */
const dropLast = (fault: DropFault, { strike }: Hand, { timers }: Stage): Disturbance => {
  const waiting = new Map<string, Waiting>()
  const release = (key: string): void => {
    const last = waiting.get(key)
    waiting.delete(key)
    last?.cancel()
    last?.pass()
  }
  const lose = (key: string): void => {
    waiting.delete(key)
    strike()
  }

  return {
    publication: (publication, pass) => {
      if (!concernsPublication(fault, publication)) return pass(publication)
      const key = keyOf(publication)
      release(key)
      const cancel = timers.after(fault.quietMs ?? QUIET_MS, () => lose(key))
      waiting.set(key, { pass: () => pass(publication), cancel })
      return true
    },
    stop: () => {
      for (const key of [...waiting.keys()]) release(key)
    },
  }
}

const keyOf = ({ channels }: Publication): string => JSON.stringify(channels)

/** Hands events on several times. */
export const duplicate = (fault: DuplicateFault, { strike }: Hand): Disturbance => {
  const picks = createPicker(fault)
  const copies = fault.copies ?? 2
  return {
    publication: (publication, pass) => {
      if (!picks(publication)) return pass(publication)
      strike()
      return Array.from({ length: copies }, () => pass(publication)).every(Boolean)
    },
  }
}

interface Held {
  readonly publication: Publication
  /** How many have to overtake it yet. */
  left: number
  pass(): void
}

/** Holds events back until others have overtaken them. A strike is counted when one goes out at last. */
export const reorder = (fault: ReorderFault, { strike }: Hand): Disturbance => {
  const picks = createPicker(fault)
  const limit = strikesOf(fault)
  let begun = 0
  let held: readonly Held[] = []

  const overtake = (publication: Publication): void => {
    for (const one of held) if (shareChannel(one.publication, publication)) one.left -= 1
    const free = held.filter(({ left }) => left <= 0)
    held = held.filter(({ left }) => left > 0)
    for (const one of free) {
      one.pass()
      strike()
    }
  }

  return {
    publication: (publication, pass) => {
      if (begun < limit && picks(publication)) {
        begun += 1
        held = [...held, { publication, left: fault.after ?? 1, pass: () => pass(publication) }]
        return true
      }
      const taken = pass(publication)
      overtake(publication)
      return taken
    },
    stop: () => {
      const rest = held
      held = []
      for (const one of rest) one.pass()
    },
  }
}

const shareChannel = (one: Publication, other: Publication): boolean =>
  one.channels.some((channel) => other.channels.includes(channel))
