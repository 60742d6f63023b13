import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { KillFault } from '../socket-faults'
import type { Stage } from '../stage'

/** Ends every socket without a close frame. */
export const kill = (_fault: KillFault, { strike, end }: Hand, { connections }: Stage): Disturbance => {
  const open = [...connections()]
  for (const connection of open) connection.drop()
  strike(open.length)
  end()
  return {}
}
