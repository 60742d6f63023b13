import type { Answer } from './answer'
import { type Cursor, formatCursor } from './cursor'
import { CartEchoError } from './errors'

/**
 * What an answer is worth to a page. `continues`: its events follow on the cursor, or the page had none. `reset`: go on from its
 * cursor. `older`: a lagging replica's, or of a retired epoch; it settles nothing. `too-late`: it starts beyond the cursor and
 * would pass something over. `malformed`: it is not contiguous.
 */
export type Verdict = 'continues' | 'reset' | 'older' | 'too-late' | 'malformed'

/** Where a page stands: what an answer is weighed against. */
export interface Standpoint {
  readonly cursor: Cursor | null
  readonly retired: readonly string[]
}

/** Weighs an answer. */
export const weighAnswer = ({ cursor, retired }: Standpoint, answer: Answer): Verdict => {
  const { since, cursor: end, reset, events } = answer
  if (retired.includes(end.epoch)) return 'older'
  if (cursor?.epoch === end.epoch && end.seq < cursor.seq) return 'older'
  if (cursor === null && since === null) return 'continues'
  if (reset) return weighReset(cursor, answer)
  if (since === null || cursor === null) return 'too-late'
  if (events.length !== end.seq - since.seq) return 'malformed'
  if (since.epoch !== end.epoch && since.seq !== 0) return 'malformed'
  if (cursor.epoch === end.epoch) return since.seq > cursor.seq ? 'too-late' : 'continues'
  // Nothing had happened there, or nothing at all: this is what came after nothing.
  const isFromHere = since.epoch === cursor.epoch || cursor.epoch === ''
  return cursor.seq === 0 && since.seq === 0 && isFromHere ? 'continues' : 'too-late'
}

// It says of another place than ours, from which the log may well be continued, that it cannot.
const weighReset = (cursor: Cursor | null, { since, cursor: end }: Answer): Verdict => {
  if (isSamePlace(since, cursor)) return 'reset'
  return isSamePlace(end, cursor) ? 'continues' : 'too-late'
}

const isSamePlace = (a: Cursor | null, b: Cursor | null): boolean => a?.epoch === b?.epoch && a?.seq === b?.seq

/** The error of an answer that is not contiguous. */
export const malformedAnswer = ({ since, cursor, events }: Answer): CartEchoError =>
  invalidAnswer(
    `with ${events.length} events from ${since ? formatCursor(since) : 'nowhere'} to ${formatCursor(cursor)}, not all of them in a row. Look at its query.`,
  )

/** The error of an answer that is older than what the page knows already. */
export const laggingAnswer = ({ cursor }: Answer): CartEchoError =>
  invalidAnswer(
    `as of ${formatCursor(cursor)}, which the page is past: it reads a replica that lags. Let it use the write connection.`,
  )

/** The error of an answer that nothing happened, while a broadcast waits for what came before it. */
export const emptyAnswer = (): CartEchoError =>
  invalidAnswer(
    'that nothing happened, and a broadcast waits for what came before it. Look for a cache in front of it.',
  )

const invalidAnswer = (what: string): CartEchoError => new CartEchoError('invalid-answer', `The check answered ${what}`)
