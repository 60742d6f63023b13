import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { RestoreFault } from '../shop-faults'
import type { Stage } from '../stage'

/** Brings carts and logs back as they were noted last. */
export const restore = (_fault: RestoreFault, { strike, end }: Hand, { vault, database }: Stage): Disturbance => {
  database.restore(vault.newest())
  strike()
  end()
  return {}
}
