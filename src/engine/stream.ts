import {
  type Answer,
  type BareAnswer,
  emptyAnswer,
  FULL_ANSWER,
  laggingAnswer,
  malformedAnswer,
  weighAnswer,
} from './answer'
import type { Moment } from './clock'
import { type Cursor, formatCursor } from './cursor'
import type { Change } from './events'
import { frozen } from './payload'
import {
  againInMs,
  closeGap,
  decode,
  deliver,
  drain,
  goTo,
  goUnanswered,
  hearBroadcast,
  inOrder,
  passTime,
  planAsk,
  reaches,
  release,
  takeAsk,
  waitMs,
} from './stream/broadcast'
import {
  type Arrival,
  type Asked,
  askingNothing,
  type Effect,
  hearBare,
  type Stream,
  type StreamRules,
  type Turn,
} from './stream/state'

/** After so many answers in a row that do not know it, a buffered broadcast is taken for a stray. */
const MOST_IN_VAIN = 5

/**
 * Moves a stream by one arrival. Pure; never throws: a payload that cannot be read becomes a `report`.
 *
 *     broadcast ──► seen, retired, another instance? ──► drop
 *        │  next in line ──► deliver, and whatever was buffered behind it
 *        └─ beyond a gap, unknown epoch ──► buffer ──(0.3 to 1 s)──► ask ──► answer ──► deliver in order
 *
 * The rule behind it: the socket is a fast hint, the log read through the check is the truth, and the cursor moves
 * forward only, and only contiguously.
 */
export const advance = (
  stream: Stream,
  arrival: Arrival,
  rules: StreamRules,
  moment: Moment,
): { readonly stream: Stream; readonly effects: readonly Effect[] } => {
  const turn: Turn = { stream: { ...stream }, effects: [], rules, moment }
  switch (arrival.name) {
    case 'broadcast':
      hearBroadcast(turn, arrival.event, arrival.payload)
      break
    case 'resync':
      planAsk(turn, 'resync', arrival.inMs ?? 0)
      break
    case 'log':
      settle(turn, arrival.answer, arrival)
      break
    case 'bare':
      settleBare(turn, arrival.answer, arrival)
      break
    case 'nothing':
      settleNothing(turn, arrival)
      break
    case 'unanswered':
      goUnanswered(turn, arrival.next)
      break
    case 'time':
      passTime(turn)
      break
    case 'rendered':
      compareWithPage(turn, arrival.cursor)
  }
  return turn
}

/** Takes in an answer of the log: what continues the cursor is delivered; an answer that does not continue it settles nothing. */
const settle = (turn: Turn, answer: Answer, asked: Asked): void => {
  const { stream, effects } = turn
  const { owner, cursor } = stream
  if (owner !== null && owner !== answer.owner) {
    Object.assign(stream, { buffered: [], delivered: [], asking: askingNothing, staleAtMs: null })
    effects.push({ name: 'other-user' })
    return
  }
  stream.owner = answer.owner
  stream.hasLog = true
  const verdict = weighAnswer(stream, answer)
  if (verdict === 'malformed' || verdict === 'older') return leaveUnsettled(turn, answer, asked, verdict)
  // An answer to another tab's earlier ask may lack what our own ask is about.
  const mine = takeAsk(turn, asked)
  stream.logBehindAt = null
  if (verdict === 'reset') restartAt(turn, answer)
  if (verdict === 'continues') readLog(turn, answer)
  drain(turn)
  if (verdict === 'too-late' && mine) {
    // A server that always answers for another cursor must not be asked without a pause.
    const inMs = mine.attempt === 0 ? 0 : againInMs(turn, mine.attempt)
    return planAsk(turn, 'resync', inMs, mine.attempt + 1)
  }
  // A reset that comes with events is not asked again at once: the server would repeat it without end.
  const hasMore = verdict === 'too-late' || (verdict === 'continues' && answer.events.length >= FULL_ANSWER)
  if (mine?.again || hasMore) return planAsk(turn, 'resync', 0)
  const inVain = mine && stream.cursor === cursor ? mine.attempt + 1 : 0
  if (inVain >= MOST_IN_VAIN) closeGap(turn)
  if (stream.buffered.length === 0) return confirm(turn, asked, answer.owner)
  if (asked.ask !== undefined) effects.push({ name: 'unsettled', error: laggingAnswer(answer) })
  planAsk(turn, 'gap', inVain === 0 ? waitMs(turn) : againInMs(turn, inVain), inVain)
}

const confirm = ({ effects }: Turn, { ask, asOfMs }: Asked, owner: string | null): void => {
  effects.push({ name: 'confirmed', ask, asOfMs, owner })
}

const leaveUnsettled = (turn: Turn, answer: Answer, { ask }: Asked, verdict: 'malformed' | 'older'): void => {
  const { stream, effects } = turn
  const { cursor } = answer
  // This answer was for another tab's cursor.
  if (ask === undefined) return
  const error = verdict === 'malformed' ? malformedAnswer(answer) : laggingAnswer(answer)
  if (verdict === 'malformed') effects.push({ name: 'report', error })
  effects.push({ name: 'unsettled', error })
  // The log ends before our cursor: it lags, or was restored from a backup without a new epoch. The cursor stays, so that
  // nothing is delivered twice; the page is refreshed instead.
  if (answer.reset && stream.cursor?.epoch === cursor.epoch && stream.logBehindAt !== cursor.seq) {
    stream.logBehindAt = cursor.seq
    effects.push({ name: 'stale', spreadMs: answer.spreadMs })
  }
  goUnanswered(turn)
}

/** The log cannot be continued from here: what was missed is not delivered, and the page must be read anew. */
const restartAt = (turn: Turn, { cursor, spreadMs }: Answer): void => {
  goTo(turn, cursor)
  turn.effects.push({ name: 'stale', spreadMs })
}

const readLog = (turn: Turn, answer: Answer): void => {
  const { stream, moment } = turn
  const { since, cursor, events, reset } = answer
  const { epoch } = cursor
  // Without a cursor: what was heard live up to the log's end is delivered, that end becomes the cursor, and the page is stale.
  if (stream.cursor === null) {
    for (const placed of inOrder(stream.buffered)) if (reaches(cursor, placed.position)) deliver(turn, placed, 'socket')
    return restartAt(turn, answer)
  }
  // The events of a reset do not continue our cursor.
  if (reset) return
  if (stream.cursor.epoch !== epoch) goTo(turn, { epoch, seq: 0 })
  let seq = since?.seq ?? 0
  for (const { event, payload } of events) {
    seq += 1
    const position = { epoch, seq }
    if (reaches(stream.cursor, position)) continue
    const decoded = decode(turn, event, payload)
    stream.cursor = position
    if (decoded) deliver(turn, { decoded, key: formatCursor(position), receivedAtMs: moment.nowMs }, 'check')
  }
}

/** The guide's check has no log behind it: it says that something changed, in words that a broadcast may have brought already. */
const settleBare = (turn: Turn, answer: BareAnswer, asked: Asked): void => {
  const { stream, effects } = turn
  const { spoken, isNews } = hearBare(stream.spoken, answer)
  stream.spoken = spoken
  if (isNews) effects.push({ name: 'deliver', change: bareChange(answer) })
  else if (answer.updated) effects.push({ name: 'stale' })
  // Nobody can fill the gap.
  release(turn)
  endAsk(turn, asked)
}

const bareChange = ({ message, atMs }: BareAnswer): Change => {
  const event = 'cart.conditions.changed'
  const change = { message, changes: {}, timestamp: new Date(atMs).toISOString() }
  return frozen({ event, change, meta: { event, key: `bare:${atMs}`, via: 'check', receivedAtMs: atMs, bare: true } })
}

/** Nothing happened: believed, unless a broadcast waits for what came before it. */
const settleNothing = (turn: Turn, asked: Asked): void => {
  if (turn.stream.buffered.length === 0) return endAsk(turn, asked)
  if (asked.ask === undefined) return
  turn.effects.push({ name: 'unsettled', error: emptyAnswer() })
  goUnanswered(turn)
}

const endAsk = (turn: Turn, asked: Asked): void => {
  if (takeAsk(turn, asked)?.again) planAsk(turn, 'resync', 0)
  else confirm(turn, asked, null)
}

/** A page rendered later knows more than we do; one rendered earlier (Back, prefetch) shows an old cart. */
const compareWithPage = (turn: Turn, rendered: Cursor): void => {
  const { stream, effects } = turn
  const { cursor, retired } = stream
  // A page rendered while the log was empty has no epoch. If the log was emptied since, the check will say so.
  const isBefore = cursor && (rendered.epoch === cursor.epoch ? rendered.seq < cursor.seq : rendered.epoch === '')
  if (isBefore || retired.includes(rendered.epoch)) {
    effects.push({ name: 'older-page' })
    return
  }
  stream.hasLog = true
  goTo(turn, rendered)
  drain(turn)
  effects.push({ name: 'fresh' })
}
