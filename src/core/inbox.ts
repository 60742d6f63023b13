import { CartEchoError, wordsOf } from './errors'
import { settle } from './inbox/answers'
import type { Arrival } from './inbox/arrival'
import { goUnanswered, passTime, planAsk, waitMs } from './inbox/asking'
import { hearBroadcast } from './inbox/broadcast'
import type { Effect } from './inbox/effect'
import { compareWithPage } from './inbox/rendered'
import type { Inbox } from './inbox/state'
import { beStale, type InboxRules, type Turn } from './inbox/turn'
import { settleBare, settleNothing } from './inbox/without-log'
import type { Moment } from './moment'

/**
 * Moves an inbox by one arrival. Pure; never throws: what cannot be read becomes a `report`.
 *
 *     broadcast ──► seen, retired, another instance? ──► drop
 *        │  next in line ──► tell, and whatever was held behind it
 *        └─ beyond a hole, unknown epoch ──► hold ──(0.3 to 1 s)──► ask ──► answer ──► tell in order
 *
 * The rule behind it: the socket is a fast hint, the log read through the check is the truth, and the cursor moves
 * forward only, and only contiguously.
 */
export const takeIn = (
  inbox: Inbox,
  arrival: Arrival,
  rules: InboxRules,
  moment: Moment,
): { readonly inbox: Inbox; readonly effects: readonly Effect[] } => {
  const turn: Turn = { inbox, effects: [], rules, moment }
  try {
    move(turn, arrival)
    return turn
  } catch (cause) {
    return unreadable({ inbox, effects: [], rules, moment }, arrival, cause)
  }
}

// A payload that is no mere JSON may throw wherever it is looked at.
const unreadable = (turn: Turn, arrival: Arrival, cause: unknown): Turn => {
  const error = new CartEchoError('invalid-payload', `What came cannot be read: ${wordsOf(cause)}`, { cause })
  turn.effects.push({ name: 'report', error })
  beStale(turn, 'unreadable')
  if (arrival.name === 'broadcast') planAsk(turn, 'gap', waitMs(turn))
  else goUnanswered(turn)
  return turn
}

const move = (turn: Turn, arrival: Arrival): void => {
  switch (arrival.name) {
    case 'broadcast':
      return hearBroadcast(turn, arrival.event, arrival.payload)
    case 'gap':
      return planAsk(turn, 'gap', arrival.inMs ?? 0)
    case 'answer':
      return settle(turn, arrival.answer, arrival)
    case 'bare':
      return settleBare(turn, arrival.answer, arrival)
    case 'nothing':
      return settleNothing(turn, arrival)
    case 'unanswered':
      return goUnanswered(turn, arrival.next)
    case 'time':
      return passTime(turn)
    case 'rendered':
      return compareWithPage(turn, arrival.cursor)
  }
}
