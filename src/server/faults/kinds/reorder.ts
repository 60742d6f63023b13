import type { Publication } from '../../reverb/publication'
import type { Disturbance } from '../disturbance'
import type { ReorderFault } from '../event-faults'
import type { Hand } from '../hand'
import { createPicker } from '../picker'
import { strikesOf } from '../strikes-of'

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
