import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { PruneFault } from '../shop-faults'
import type { Stage } from '../stage'

/** Makes the log forget. */
export const prune = ({ customer, keep = 0 }: PruneFault, { strike, end }: Hand, stage: Stage): Disturbance => {
  stage.database.prune(customer ?? null, keep)
  strike()
  end()
  return {}
}
