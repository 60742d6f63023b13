import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { BackupFault } from '../shop-faults'
import type { Stage } from '../stage'

/** Notes carts and logs as they stand. */
export const backup = (_fault: BackupFault, { strike, end }: Hand, { vault, database }: Stage): Disturbance => {
  vault.put(database.backup())
  strike()
  end()
  return {}
}
