import type { LateFault } from '../call-faults'
import { onReplies } from '../calls'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { Stage } from '../stage'
import { jittered } from '../timers'

/** Keeps an answer for a while. */
export const late = (fault: LateFault, hand: Hand, stage: Stage): Disturbance =>
  onReplies(fault, hand, stage, async (reply) => {
    await stage.timers.wait(jittered(fault.ms, fault.jitterMs))
    return reply
  })
