import { changedPolicy } from '../../shop/check-policy'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { PolicyFault } from '../shop-faults'

/** Tells pages something else. */
export const policy = (fault: PolicyFault, { strike }: Hand): Disturbance => ({
  policy: (told) => {
    strike()
    return changedPolicy(told, fault)
  },
})
