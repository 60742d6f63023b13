import { UNANSWERED } from '../../http/pace'
import type { HangFault } from '../call-faults'
import { onCalls } from '../calls'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { Stage } from '../stage'

/** Gives no answer. */
export const hang = (fault: HangFault, hand: Hand, stage: Stage): Disturbance =>
  onCalls(fault, hand, stage, () => UNANSWERED)
