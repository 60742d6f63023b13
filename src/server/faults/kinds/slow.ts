import type { SlowFault } from '../call-faults'
import { onReplies } from '../calls'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { Stage } from '../stage'

/** Lets a body trickle. */
export const slow = (fault: SlowFault, hand: Hand, stage: Stage): Disturbance =>
  onReplies(fault, hand, stage, (reply) => ({
    ...reply,
    pace: reply.pace ?? { kind: 'slow', bytes: fault.bytes, everyMs: fault.everyMs },
  }))
