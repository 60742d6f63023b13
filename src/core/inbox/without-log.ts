import type { BareAnswer } from '../answer'
import { hearBare } from '../bare'
import { frozen } from '../decode-once'
import type { Change } from '../events'
import { emptyAnswer } from '../verdict'
import { confirm } from './answers'
import type { Asked } from './arrival'
import { goUnanswered, planAsk, takeAsk } from './asking'
import { release } from './holding'
import { beStale, set, type Turn } from './turn'

/** The guide's check has no log behind it: it says that something changed, in words that may have been heard already. */
export const settleBare = (turn: Turn, answer: BareAnswer, asked: Asked): void => {
  const { echoes, isNews } = hearBare(turn.inbox.echoes, answer)
  set(turn, { echoes })
  if (isNews) turn.effects.push({ name: 'tell', change: bareChange(answer) })
  else if (answer.updated) beStale(turn, 'again')
  // Nobody can fill the hole.
  release(turn)
  endAsk(turn, asked)
}

/** Nothing happened: believed, unless a broadcast waits for what came before it. */
export const settleNothing = (turn: Turn, asked: Asked): void => {
  if (turn.inbox.held.length === 0) return endAsk(turn, asked)
  if (asked.ask === undefined) return
  turn.effects.push({ name: 'unsettled', error: emptyAnswer() })
  goUnanswered(turn)
}

const bareChange = ({ message, atMs }: BareAnswer): Change => {
  const event = 'cart.conditions.changed'
  const change = { message, changes: {}, timestamp: new Date(atMs).toISOString() }
  const how = { via: 'check', receivedAtMs: atMs, afterGap: true, bare: true } as const
  return frozen({ event, change, meta: { event, key: `bare:${atMs}`, ...how } })
}

const endAsk = (turn: Turn, asked: Asked): void => {
  if (takeAsk(turn, asked)?.again) planAsk(turn, 'gap', 0)
  else confirm(turn, asked, null)
}
