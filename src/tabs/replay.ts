import { type Answer, FULL_ANSWER, type LoggedEvent } from '../engine/answer'
import type { Cursor } from '../engine/cursor'
import { placeOf } from '../engine/cursor'
import type { Query } from '../engine/transport'

/**
 * The end of the shopper's log, as the tabs know it: what a tab that was opened later missed is given from here, without a
 * request. A value.
 */
export interface Tail {
  readonly owner: string | null
  /** The last place known; null: none yet. */
  readonly cursor: Cursor | null
  /** What led there, the newest hundred, oldest first and contiguous. */
  readonly entries: readonly LoggedEvent[]
  /** As of when the check last said that this is the end. */
  readonly asOfMs: number
  /** False when something may be missing at the end. */
  readonly isSure: boolean
  /** How often that was said so far. An answer to an older question does not settle a younger doubt. */
  readonly doubts: number
}

const MOST_ENTRIES = 100

/** Where the newest tail is kept. */
export interface TailKeeper {
  readonly get: () => Tail
  readonly set: (tail: Tail) => void
}

/** One that keeps nothing yet. */
export const createTailKeeper = (): TailKeeper => {
  let tail = noTail
  return {
    get: () => tail,
    set: (next) => {
      tail = next
    },
  }
}

/** Nothing known. */
export const noTail: Tail = { owner: null, cursor: null, entries: [], asOfMs: 0, isSure: false, doubts: 0 }

/** The tail when something may be missing. */
export const doubted = (tail: Tail): Tail => ({ ...tail, isSure: false, doubts: tail.doubts + 1 })

/** The tail after a broadcast. One that is not the next in line is a doubt. */
export const afterBroadcast = (tail: Tail, entry: LoggedEvent): Tail => {
  const { cursor } = tail
  const position = placeOf(entry.payload)
  if (!position || cursor?.epoch !== position.epoch || position.seq > cursor.seq + 1) return doubted(tail)
  if (position.seq <= cursor.seq) return tail
  return { ...tail, cursor: position, entries: [...tail.entries, entry].slice(-MOST_ENTRIES) }
}

/** The tail after an answer to what was asked at `asOfMs`, when there had been so many doubts. */
export const afterAnswer = (tail: Tail, answer: Answer, asOfMs: number, doubts: number): Tail => {
  const { cursor, owner, events, reset, since } = answer
  const isAnew = reset || since === null
  // Not the whole of what is known already, or a replica's word.
  const isBehind = tail.cursor?.epoch === cursor.epoch && cursor.seq < tail.cursor.seq
  if (isBehind || !(isAnew || events.length === cursor.seq - since.seq)) return tail
  const isSure = doubts === tail.doubts && (reset || events.length < FULL_ANSWER)
  const entries = isAnew ? [] : joined(tail, answer)
  return { owner, cursor, entries: entries.slice(-MOST_ENTRIES), asOfMs, isSure, doubts: tail.doubts }
}

const joined = ({ cursor, entries }: Tail, { since, cursor: end, events }: Answer): readonly LoggedEvent[] => {
  const from = since?.seq ?? 0
  const reachesOn = cursor?.epoch === end.epoch && from <= cursor.seq && from > cursor.seq - entries.length
  return reachesOn ? [...entries, ...events.slice(cursor.seq - from)] : events
}

/** What the check would say to a query, as far as is known; null when it has to be asked. */
export const answerFrom = ({ owner, cursor, entries, isSure }: Tail, query: Query): Answer | null => {
  if (!isSure || owner === null || !cursor || (query.owner ?? owner) !== owner) return null
  const { since } = query
  if (since === null) return { since, owner, cursor, events: [], reset: false }
  const behind = cursor.seq - since.seq
  if (since.epoch !== cursor.epoch || behind < 0 || behind > entries.length) return null
  const events = entries.slice(entries.length - behind, entries.length - behind + FULL_ANSWER)
  return { since, owner, cursor: { ...cursor, seq: since.seq + events.length }, events, reset: false }
}
