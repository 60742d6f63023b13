import type { Reply } from '../../http/reply'
import type { AnswerFault } from '../call-faults'
import { onCalls } from '../calls'
import type { Disturbance } from '../disturbance'
import type { Hand } from '../hand'
import type { Stage } from '../stage'

/** Gives an answer that was made up. */
export const answer = (fault: AnswerFault, hand: Hand, stage: Stage): Disturbance => {
  const reply = replyOf(fault)
  return onCalls(fault, hand, stage, () => reply)
}

const replyOf = ({ status, headers = {}, body = '' }: AnswerFault): Reply => {
  if (typeof body === 'string') return { status, headers, body }
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) }
}
