import type { Disturbance } from '../disturbance'
import type { DuplicateFault } from '../event-faults'
import type { Hand } from '../hand'
import { createPicker } from '../picker'

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
