import { answerSince, isAhead, type LogAnswer, type LogView } from './log-answer'

/** How a check reads a log that may be behind. */
export interface Replica {
  /** The log as far as it has come. */
  readonly view: LogView
  /**
   * What it says to who is further than itself. `reset`: what docs/protocol.md has for who is ahead of the log. `cursor`:
   * its own, lower cursor and no more.
   */
  readonly says: 'reset' | 'cursor'
}

/** What a replica says to somebody who stands at a cursor. Never throws. */
export const answerOf = ({ view, says }: Replica, cursor: string | null): LogAnswer =>
  answerSince(view, says === 'cursor' && isAhead(view, cursor) ? null : cursor)

/** The log as it was before its newest `count` entries. Its epoch is known from the first entry on. */
export const behindBy = (view: LogView, count: number): LogView => {
  const hidden = Math.min(count, view.seq)
  return { ...view, seq: view.seq - hidden, entries: view.entries.slice(0, Math.max(0, view.entries.length - hidden)) }
}
