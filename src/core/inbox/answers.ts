import { type Answer, FULL_ANSWER, type LoggedEvent } from '../answer'
import type { Cursor } from '../cursor'
import { positioned } from '../identity'
import { laggingAnswer, malformedAnswer, type Verdict, weighAnswer } from '../verdict'
import type { Asked } from './arrival'
import { againInMs, goUnanswered, planAsk, takeAsk, waitMs } from './asking'
import { drain, dropHeld, inOrder, reaches } from './holding'
import { MOST_DOUBTS } from './limits'
import { askingNothing } from './state'
import { goTo, pass, read, tell } from './telling'
import { beStale, set, type Turn } from './turn'

/** Takes in what a log said: what follows on the cursor is told, what does not settles nothing. */
export const settle = (turn: Turn, answer: Answer, asked: Asked): void => {
  const { owner, cursor } = turn.inbox
  if (owner !== null && owner !== answer.owner) return refuseOwner(turn)
  set(turn, { owner: answer.owner, hasLog: true })
  const verdict = weighAnswer(turn.inbox, answer)
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
    return planAsk(turn, 'gap', inMs, mine.attempt + 1)
  }
  if (mine?.again || hasMore(verdict, answer)) return planAsk(turn, 'gap', 0)
  conclude(turn, answer, asked, mine && turn.inbox.cursor === cursor ? mine.attempt + 1 : 0)
}

/** Says that, as of then, everything there is has been told, and whose log said so; null where it named nobody. */
export const confirm = (turn: Turn, { ask, asOfMs }: Asked, owner: string | null): void => {
  turn.effects.push({ name: 'confirmed', ask, asOfMs, owner })
}

// A reset that holds events all the same is no reason to ask at once: it would be given again, for ever.
const hasMore = (verdict: Verdict, { events }: Answer): boolean =>
  verdict === 'too-late' || (verdict === 'continues' && events.length >= FULL_ANSWER)

const conclude = (turn: Turn, answer: Answer, asked: Asked, inVain: number): void => {
  if (inVain >= MOST_DOUBTS) dropHeld(turn)
  if (turn.inbox.held.length === 0) return confirm(turn, asked, answer.owner)
  if (asked.ask !== undefined) turn.effects.push({ name: 'unsettled', error: laggingAnswer(answer) })
  planAsk(turn, 'hole', inVain === 0 ? waitMs(turn) : againInMs(turn, inVain), inVain)
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
  const { cursor: ours, doubted } = turn.inbox
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
  const { cursor } = turn.inbox
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
  const before = turn.inbox.held.filter(({ position }) => reaches(answer.cursor, position))
  for (const heard of inOrder(before)) tell(turn, heard, 'socket')
  restartAt(turn, answer)
}

const readEntry = (turn: Turn, { event, payload }: LoggedEvent, position: Cursor): void => {
  if (reaches(turn.inbox.cursor, position)) return
  const decoded = read(turn, event, payload)
  if (!decoded) return set(turn, { cursor: position })
  const { key } = positioned(position)
  pass(turn, { event, decoded, position, key, receivedAtMs: turn.moment.nowMs }, 'check')
}
