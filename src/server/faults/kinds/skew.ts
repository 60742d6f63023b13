import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { SkewFault } from '../shop-faults'

/** Sets the clock wrong. */
export const skew = ({ ms }: SkewFault, { strike }: Hand): Disturbance => ({
  skewMs: ms,
  reply: (reply) => {
    strike()
    return reply
  },
})
