import {
  type Answer,
  type BareAnswer,
  emptyAnswer,
  FULL_ANSWER,
  type LoggedEvent,
  laggingAnswer,
  malformedAnswer,
  type Verdict,
  weighAnswer,
} from './answer'
import type { Moment } from './clock'
import type { Cursor } from './cursor'
import { CartEchoError, wordsOf } from './errors'
import type { Change } from './events'
import { frozen, positioned } from './payload'
import {
  againInMs,
  drain,
  dropHeld,
  goTo,
  goUnanswered,
  hearBroadcast,
  inOrder,
  pass,
  passTime,
  planAsk,
  reaches,
  read,
  release,
  takeAsk,
  tell,
  waitMs,
} from './stream/broadcast'
import {
  type Arrival,
  type Asked,
  askingNothing,
  beStale,
  type Effect,
  hearBare,
  MOST_DOUBTS,
  type Stream,
  type StreamRules,
  set,
  type Turn,
} from './stream/state'

/**
 * Moves a stream by one arrival. Pure; never throws: what cannot be read becomes a `report`.
 *
 *     broadcast ──► seen, retired, another instance? ──► drop
 *        │  next in line ──► tell, and whatever was held behind it
 *        └─ beyond a gap, unknown epoch ──► hold ──(0.3 to 1 s)──► ask ──► answer ──► tell in order
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
  const turn: Turn = { stream, effects: [], rules, moment }
  try {
    move(turn, arrival)
    return turn
  } catch (cause) {
    return unreadable({ stream, effects: [], rules, moment }, arrival, cause)
  }
}

// A payload that is no mere JSON may throw wherever it is looked at.
const unreadable = (turn: Turn, arrival: Arrival, cause: unknown): Turn => {
  const error = new CartEchoError('invalid-payload', `What came cannot be read: ${wordsOf(cause)}`, { cause })
  turn.effects.push({ name: 'report', error })
  beStale(turn, 'unreadable')
  if (arrival.name === 'broadcast') planAsk(turn, 'resync', waitMs(turn))
  else goUnanswered(turn)
  return turn
}

const move = (turn: Turn, arrival: Arrival): void => {
  switch (arrival.name) {
    case 'broadcast':
      return hearBroadcast(turn, arrival.event, arrival.payload)
    case 'resync':
      return planAsk(turn, 'resync', arrival.inMs ?? 0)
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

/** Takes in what a log said: what follows on the cursor is told, what does not settles nothing. */
const settle = (turn: Turn, answer: Answer, asked: Asked): void => {
  const { owner, cursor } = turn.stream
  if (owner !== null && owner !== answer.owner) return refuseOwner(turn)
  set(turn, { owner: answer.owner, hasLog: true })
  const verdict = weighAnswer(turn.stream, answer)
  if (verdict === 'malformed' || verdict === 'older') return leaveUnsettled(turn, answer, asked, verdict)
  // What another tab was answered is older than what was asked here, and may not have what it was asked for.
  const mine = takeAsk(turn, asked)
  set(turn, { doubted: null })
  if (verdict === 'reset') restartAt(turn, answer)
  if (verdict === 'continues') readLog(turn, answer)
  drain(turn)
  if (verdict === 'too-late' && mine) {
    // Whoever always answers from elsewhere must not be asked without a pause.
    const inMs = mine.attempt === 0 ? 0 : againInMs(turn, mine.attempt)
    return planAsk(turn, 'resync', inMs, mine.attempt + 1)
  }
  if (mine?.again || hasMore(verdict, answer)) return planAsk(turn, 'resync', 0)
  conclude(turn, answer, asked, mine && turn.stream.cursor === cursor ? mine.attempt + 1 : 0)
}

/** Says that, as of then, everything there is has been told, and whose log said so; null where it named nobody. */
const confirm = (turn: Turn, { ask, asOfMs }: Asked, owner: string | null): void => {
  turn.effects.push({ name: 'confirmed', ask, asOfMs, owner })
}

// A reset that holds events all the same is no reason to ask at once: it would be given again, for ever.
const hasMore = (verdict: Verdict, { events }: Answer): boolean =>
  verdict === 'too-late' || (verdict === 'continues' && events.length >= FULL_ANSWER)

const conclude = (turn: Turn, answer: Answer, asked: Asked, inVain: number): void => {
  if (inVain >= MOST_DOUBTS) dropHeld(turn)
  if (turn.stream.held.length === 0) return confirm(turn, asked, answer.owner)
  if (asked.ask !== undefined) turn.effects.push({ name: 'unsettled', error: laggingAnswer(answer) })
  planAsk(turn, 'gap', inVain === 0 ? waitMs(turn) : againInMs(turn, inVain), inVain)
}

const leaveUnsettled = (turn: Turn, answer: Answer, { ask }: Asked, verdict: 'malformed' | 'older'): void => {
  // Another tab asked from where it stood.
  if (ask === undefined) return
  const error = verdict === 'malformed' ? malformedAnswer(answer) : laggingAnswer(answer)
  if (verdict === 'malformed') turn.effects.push({ name: 'report', error })
  turn.effects.push({ name: 'unsettled', error })
  if (answer.reset) doubt(turn, answer)
  goUnanswered(turn)
}

/**
 * A log that says the page is ahead of it lags, or was restored from a backup without a new epoch. Nothing may be told twice, so the
 * page keeps its place; what it shows is read anew for whatever that log does next.
 */
const doubt = (turn: Turn, { cursor, spreadMs }: Answer): void => {
  const { cursor: ours, doubted } = turn.stream
  if (ours?.epoch !== cursor.epoch || doubted === cursor.seq) return
  set(turn, { doubted: cursor.seq })
  beStale(turn, 'ahead', spreadMs)
}

const refuseOwner = (turn: Turn): void => {
  set(turn, { held: [], told: [], asking: askingNothing, staleAtMs: null })
  turn.effects.push({ name: 'other-user' })
}

/** The log cannot be continued from here: what was missed is not told, and the page must be read anew. */
const restartAt = (turn: Turn, { cursor, spreadMs }: Answer): void => {
  goTo(turn, cursor)
  beStale(turn, 'reset', spreadMs)
}

const readLog = (turn: Turn, answer: Answer): void => {
  const { cursor } = turn.stream
  if (cursor === null) return enterLog(turn, answer)
  // What a reset holds all the same follows on another place.
  if (answer.reset) return
  const { epoch } = answer.cursor
  if (cursor.epoch !== epoch) goTo(turn, { epoch, seq: 0 })
  let seq = answer.since?.seq ?? 0
  for (const logged of answer.events) {
    seq += 1
    readEntry(turn, logged, { epoch, seq })
  }
}

/** A page that does not know where it stands takes the log's end, tells what it heard live until there, and is stale. */
const enterLog = (turn: Turn, answer: Answer): void => {
  const before = turn.stream.held.filter(({ position }) => reaches(answer.cursor, position))
  for (const heard of inOrder(before)) tell(turn, heard, 'socket')
  restartAt(turn, answer)
}

const readEntry = (turn: Turn, { event, payload }: LoggedEvent, position: Cursor): void => {
  if (reaches(turn.stream.cursor, position)) return
  const decoded = read(turn, event, payload)
  if (!decoded) return set(turn, { cursor: position })
  const { key } = positioned(position)
  pass(turn, { event, decoded, position, key, receivedAtMs: turn.moment.nowMs }, 'check')
}

/** The guide's check has no log behind it: it says that something changed, in words that may have been heard already. */
const settleBare = (turn: Turn, answer: BareAnswer, asked: Asked): void => {
  const { echoes, isNews } = hearBare(turn.stream.echoes, answer)
  set(turn, { echoes })
  if (isNews) turn.effects.push({ name: 'tell', change: bareChange(answer) })
  else if (answer.updated) beStale(turn, 'again')
  // Nobody can fill the gap.
  release(turn)
  endAsk(turn, asked)
}

/** Nothing happened: believed, unless a broadcast waits for what came before it. */
const settleNothing = (turn: Turn, asked: Asked): void => {
  if (turn.stream.held.length === 0) return endAsk(turn, asked)
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
  if (takeAsk(turn, asked)?.again) planAsk(turn, 'resync', 0)
  else confirm(turn, asked, null)
}

/** A page rendered later knows more than we do; one rendered earlier (Back, prefetch) shows an old cart. */
const compareWithPage = (turn: Turn, rendered: Cursor): void => {
  const { cursor, retired } = turn.stream
  if (retired.includes(rendered.epoch) || isBefore(rendered, cursor)) return beStale(turn, 'older-page')
  set(turn, { hasLog: true })
  goTo(turn, rendered)
  drain(turn)
  turn.effects.push({ name: 'fresh' })
}

// A page of a log that was still empty has no epoch yet. Should the log have been emptied since, the check will say so.
const isBefore = (rendered: Cursor, cursor: Cursor | null): boolean =>
  cursor !== null && (rendered.epoch === cursor.epoch ? rendered.seq < cursor.seq : rendered.epoch === '')
