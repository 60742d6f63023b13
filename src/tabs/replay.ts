import { type Answer, FULL_ANSWER, type LoggedEvent } from '../engine/answer'
import { type Cursor, placeOf } from '../engine/cursor'
import type { Query } from '../engine/transport'
import type { Move, Requested } from './feed'

/** The end of the shopper's log, as the leader knows it: from here a tab is given what it missed, without a request. A value. */
export interface Replay {
  readonly owner: string | null
  /** The last place known; null: none yet. */
  readonly cursor: Cursor | null
  /** What led there: the newest hundred, oldest first and contiguous. */
  readonly entries: readonly LoggedEvent[]
  /** When the check was asked that last said that this is the end. */
  readonly asOfMs: number
  /** False while something may be missing at the end. */
  readonly isComplete: boolean
  /** How often something may have been missed so far. An answer makes this complete again only if it was asked for after the last time. */
  readonly gaps: number
}

const MOST_ENTRIES = 100

/** Nothing known. */
export const noReplay: Replay = { owner: null, cursor: null, entries: [], asOfMs: 0, isComplete: false, gaps: 0 }

/** The replay when something may be missing. */
export const afterGap = (replay: Replay): Replay => ({ ...replay, isComplete: false, gaps: replay.gaps + 1 })

/** The replay after a broadcast. One that is not the next in the log is a gap. */
export const afterBroadcast = (replay: Replay, entry: LoggedEvent): Replay => {
  const { cursor } = replay
  const place = placeOf(entry.payload)
  if (!place || cursor?.epoch !== place.epoch || place.seq > cursor.seq + 1) return afterGap(replay)
  if (place.seq <= cursor.seq) return replay
  return { ...replay, cursor: place, entries: [...replay.entries.slice(1 - MOST_ENTRIES), entry] }
}

/** The replay after an answer to what was asked at `asOfMs`, when there had been so many gaps. */
export const afterAnswer = (replay: Replay, answer: Answer, asOfMs: number, gaps: number): Replay => {
  const { cursor, owner, events, reset, since } = answer
  const isAnew = reset || since === null
  // From a replica that lags, or without all that came after `since`.
  const isBehind = replay.cursor?.epoch === cursor.epoch && cursor.seq < replay.cursor.seq
  if (isBehind || !(isAnew || events.length === cursor.seq - since.seq)) return replay
  const isComplete = gaps === replay.gaps && (reset || events.length < FULL_ANSWER)
  const entries = isAnew ? [] : joined(replay, answer)
  return { owner, cursor, entries: entries.slice(-MOST_ENTRIES), asOfMs, isComplete, gaps: replay.gaps }
}

const joined = ({ cursor, entries }: Replay, { since, cursor: end, events }: Answer): readonly LoggedEvent[] => {
  const from = since?.seq ?? 0
  const continues = cursor?.epoch === end.epoch && from <= cursor.seq && from > cursor.seq - entries.length
  return continues ? [...entries, ...events.slice(cursor.seq - from)] : events
}

/** What the check would say to a query, as far as is known; null when it has to be asked. */
export const answerFrom = ({ owner, cursor, entries, isComplete }: Replay, query: Query): Answer | null => {
  if (!isComplete || owner === null || !cursor || (query.owner ?? owner) !== owner) return null
  const { since } = query
  if (since === null) return { since, owner, cursor, events: [], reset: false }
  const behind = cursor.seq - since.seq
  if (since.epoch !== cursor.epoch || behind < 0 || behind > entries.length) return null
  const events = entries.slice(entries.length - behind, entries.length - behind + FULL_ANSWER)
  return { since, owner, cursor: { ...cursor, seq: since.seq + events.length }, events, reset: false }
}

/** What a tab knows by what happened while it was alone, and how many gaps there were before a request of that time. */
export const replayOf = (moves: readonly Move[]) => {
  const gaps = new Map<Requested, number>()
  let replay = noReplay
  for (const move of moves) {
    if (move === null) replay = afterGap(replay)
    else if ('event' in move) replay = afterBroadcast(replay, move)
    else if ('to' in move) replay = afterAnswer(replay, move.answer, move.to.asOfMs, gaps.get(move.to) ?? FORGOTTEN)
    else gaps.set(move, replay.gaps)
  }
  return { replay, gapsBefore: (request: Requested): number => gaps.get(request) ?? FORGOTTEN }
}

/** So many gaps there never were: an answer proves nothing that was asked for too long ago. */
const FORGOTTEN = -1
