import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { NewEpochFault } from '../shop-faults'
import type { Stage } from '../stage'

/** Starts a new life of the counter. */
export const newEpoch = ({ customer }: NewEpochFault, { strike, end }: Hand, stage: Stage): Disturbance => {
  stage.database.newEpoch(customer ?? null)
  strike()
  end()
  return {}
}
