import type { Publication } from '../reverb/publication'
import { concernsPublication } from './concerns'
import type { EventSpan, Which } from './event-faults'

/** What is picked by. */
export interface PickerOptions extends EventSpan {
  readonly which?: Which | undefined
}

/** Says of one event after the other whether it is meant. It counts those that the fault is about. */
export const createPicker = (options: PickerOptions): ((publication: Publication) => boolean) => {
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
