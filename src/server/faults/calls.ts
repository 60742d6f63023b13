import type { Call } from '../http/call'
import type { Reply } from '../http/reply'
import type { CallSpan, CallTarget } from './call-faults'
import type { Disturbance } from './disturbance'
import type { Hand } from './hand'
import type { Stage } from './stage'
import { targetOf } from './targets'

/** Which requests a fault is about. */
export interface Aim extends CallSpan {
  readonly on: CallTarget | undefined
}

/** A disturbance that answers the requests it is about by itself. */
export const onCalls = (aim: Aim, { strike }: Hand, stage: Stage, act: (call: Call) => Reply): Disturbance => ({
  call: (call, pass) => {
    if (!isAimedAt(aim, call, stage)) return pass(call)
    strike()
    return act(call)
  },
})

/** A disturbance that changes the answers to the requests it is about. */
export const onReplies = (
  aim: Aim,
  { strike }: Hand,
  stage: Stage,
  act: (reply: Reply) => Reply | Promise<Reply>,
): Disturbance => ({
  reply: (reply, call) => {
    if (!isAimedAt(aim, call, stage)) return reply
    strike()
    return act(reply)
  },
})

const isAimedAt = ({ on = 'shop', customer }: Aim, call: Call, { customerOf }: Stage): boolean => {
  const target = targetOf(call.path)
  if (target === null || (on !== 'shop' && on !== target)) return false
  return customer === undefined || String(customerOf(call)?.id) === String(customer)
}
