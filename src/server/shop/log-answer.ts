/** One entry of a log. */
export interface LogEntry {
  readonly seq: number
  readonly event: string
  /** The payload as JSON, frozen when it was appended: what is broadcast and what the check gives are these bytes. */
  readonly data: string
  /** When it was appended, in milliseconds of the server's clock. */
  readonly atMs: number
}

/** A log as it stands. Its entries are the newest ones, contiguous up to `seq`; older ones may be pruned. */
export interface LogView {
  /** Empty before the first entry. */
  readonly epoch: string
  readonly seq: number
  readonly entries: readonly LogEntry[]
}

/** What a log says to somebody who stands at a cursor. */
export interface LogAnswer {
  /** Of the last entry given, else the one asked with; after a reset the log's own. */
  readonly cursor: string
  readonly entries: readonly LogEntry[]
  /** True: the log cannot be continued from there. */
  readonly reset: boolean
}

/** How many entries an answer holds at most. A full one is followed by another question at once. */
export const MAX_ENTRIES = 50

/** Who is further behind than this starts anew. */
export const MAX_BEHIND = 500

/** Everything after a cursor, by the rules of docs/protocol.md. No cursor: only where the log stands. Never throws. */
export const answerSince = (view: LogView, cursor: string | null): LogAnswer => {
  const head = { cursor: `${view.epoch}:${view.seq}`, entries: [] }
  if (cursor === null) return { ...head, reset: false }
  const index = firstIndex(view, cursor)
  if (index === null) return { ...head, reset: true }
  const entries = view.entries.slice(index, index + MAX_ENTRIES)
  const last = entries.at(-1)
  return { cursor: last ? `${view.epoch}:${last.seq}` : cursor, entries, reset: false }
}

/** True when a cursor is one of this log's life, and further than the log. Never throws. */
export const isAhead = ({ epoch, seq }: LogView, cursor: string | null): boolean => {
  const [, theirEpoch, digits] = CURSOR.exec(cursor ?? '') ?? []
  return theirEpoch === epoch && Number(digits) > seq
}

const CURSOR = /^([\w-]{0,32}):(0|[1-9]\d{0,14})$/

/** Where in the kept entries the first one after the cursor stands; null when that cannot be said. */
const firstIndex = ({ epoch, seq, entries }: LogView, cursor: string): number | null => {
  const [, theirEpoch, digits] = CURSOR.exec(cursor) ?? []
  const fromTheStart = theirEpoch === '' && digits === '0'
  if (theirEpoch !== epoch && !fromTheStart) return null
  const behind = seq - Number(digits)
  const tooFar = behind > MAX_BEHIND || behind > entries.length
  return behind < 0 || tooFar ? null : entries.length - behind
}
