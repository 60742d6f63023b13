import type { Disturbance } from '../disturbance'
import type { DropFault } from '../event-faults'
import type { Hand } from '../hand'
import { createPicker } from '../picker'
import type { Stage } from '../stage'
import { dropLast } from './drop-last'

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
