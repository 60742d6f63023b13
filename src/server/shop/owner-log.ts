import { randomBytes } from 'node:crypto'
import { answerSince, type LogAnswer, type LogEntry } from './log-answer'

/** Where an entry stands: handed to whoever writes its payload. */
export interface LogPlace {
  readonly epoch: string
  readonly seq: number
}

/** One owner's changes in their order. */
export interface OwnerLog {
  /** The cursor of the last entry, `:0` before the first. A pruned log still knows it. */
  head(): string
  /** The newest entry; null when nothing is kept. */
  newest(): LogEntry | null
  /** Gives out the next number, asks for the payload that carries it, and keeps it. */
  append(event: string, payloadAt: (place: LogPlace) => unknown): LogEntry
  /** Everything after a cursor, as CONTRACT §2 has it; null asks for nothing but the head. */
  since(cursor: string | null): LogAnswer
  /** Forgets all but the newest `count` entries. */
  prune(count: number): void
}

/** How many entries a log keeps by itself. */
export const KEPT_ENTRIES = 1_000

/** An empty log. Its epoch is drawn with its first entry, as a database draws it with its first row. */
export const createOwnerLog = (): OwnerLog => {
  let epoch = ''
  let seq = 0
  let entries: readonly LogEntry[] = []

  const append = (event: string, payloadAt: (place: LogPlace) => unknown): LogEntry => {
    const place = { epoch: epoch || randomBytes(6).toString('hex'), seq: seq + 1 }
    // The number is taken only once the payload is written: a payload that throws must leave no hole.
    const entry = { seq: place.seq, event, data: JSON.stringify(payloadAt(place)), atMs: Date.now() }
    ;({ epoch, seq } = place)
    entries = [...entries.slice(1 - KEPT_ENTRIES), entry]
    return entry
  }

  return {
    head: () => `${epoch}:${seq}`,
    newest: () => entries.at(-1) ?? null,
    append,
    since: (cursor) => answerSince({ epoch, seq, entries }, cursor),
    prune: (count) => {
      entries = count > 0 ? entries.slice(-count) : []
    },
  }
}
