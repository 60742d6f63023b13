import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { RestartFault } from '../shop-faults'
import type { Stage } from '../stage'
import { refuse } from './refuse'

/** Ends all there is, and lets people in again after a while. */
export const restart = (fault: RestartFault, { strike, end }: Hand, stage: Stage): Disturbance => {
  const { downMs = 0, keep = 'memory', what = 'everything' } = fault
  const away = refuse({ what }, { strike: () => {} }, stage)
  if (what === 'everything') stage.endConnections()
  else for (const connection of stage.connections()) connection.drop()
  stage.renewReverb()
  if (keep === 'nothing') stage.forget()
  strike()
  stage.timers.after(downMs, end)
  return away
}
