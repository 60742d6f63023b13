import type { LogView } from '../../shop/log-answer'
import { behindBy } from '../../shop/replica'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { LagFault } from '../shop-faults'
import type { Stage } from '../stage'

/** Shows the check an older log. */
export const lag = (fault: LagFault, { strike }: Hand, { now }: Stage): Disturbance => {
  const { entries = 0, ms = 0, says = 'cursor' } = fault
  const younger = ({ entries: kept }: LogView): number => kept.filter(({ atMs }) => atMs > now() - ms).length
  return {
    replica: ({ view }) => {
      strike()
      return { view: behindBy(view, Math.max(entries, ms > 0 ? younger(view) : 0)), says }
    },
  }
}
