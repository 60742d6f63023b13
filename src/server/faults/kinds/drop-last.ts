import type { Publication } from '../../reverb/publication'
import { concernsPublication } from '../concerns'
import type { Disturbance } from '../disturbance'
import type { DropFault } from '../event-faults'
import type { Hand } from '../hand'
import type { Stage } from '../stage'

const QUIET_MS = 100

interface Waiting {
  pass(): void
  cancel(): void
}

/** Loses the event that nothing follows: each waits for the next one of its channels, and after a while in vain. */
export const dropLast = (fault: DropFault, { strike }: Hand, { timers }: Stage): Disturbance => {
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
