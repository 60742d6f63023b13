import { type Cursor, formatCursor, isBefore, parseCursor } from './cursor'
import { CartEchoError } from './errors'
import { frozen } from './payload'
import {
  attempt,
  duration,
  flag,
  isEmptyArray,
  isRecord,
  list,
  misfit,
  optional,
  own,
  ownOnly,
  readFlag,
  readNumber,
  record,
  report,
  type Shape,
  sentenceOf,
  text,
  whenFilled,
  where,
  within,
} from './shape'

/** One entry of the owner's log, as the check gave it. */
export interface LoggedEvent {
  readonly event: string
  readonly payload: unknown
}

/** What a log server said when it was asked for everything after `since`. */
export interface Answer {
  /** The cursor that was asked from: what this answer settles starts there. */
  readonly since: Cursor | null
  /** Whose log this is; opaque. */
  readonly owner: string
  /** The place of the last event given, else `since`. */
  readonly cursor: Cursor
  /** Oldest first, contiguous from `since` + 1. */
  readonly events: readonly LoggedEvent[]
  /** True when the log cannot be continued from `since`: what was missed is not delivered. */
  readonly reset: boolean
  /** How widely to spread the refresh a reset causes, in milliseconds. */
  readonly spreadMs?: number | undefined
}

/** How many events an answer holds at most. A full one is followed by another ask at once. */
export const FULL_ANSWER = 50

/** What the guide's own check says: that something changed, and in what words. */
export interface BareAnswer {
  readonly updated: boolean
  readonly message: string | null
  /** When it was given, in milliseconds of the page's clock. */
  readonly atMs: number
}

/** What a log server says beside the news. */
export interface CheckPolicy {
  /** False: live updates are switched off. */
  readonly enabled: boolean
  /** How often to ask while nothing is heard live. */
  readonly pollMs?: number | undefined
  /** How often to ask while something is. */
  readonly auditMs?: number | undefined
}

/** One HTTP response of the check, as far as it matters. */
export interface CheckResponse {
  /** 0 for a redirect that was not followed. */
  readonly status: number
  /** True when its content type is JSON. */
  readonly isJson: boolean
  /** The parsed body; undefined when it is no JSON. */
  readonly body: unknown
  /** `Retry-After` in milliseconds; 0 without one. */
  readonly retryAfterMs: number
}

/** What was asked, as far as the answer must match it. */
export interface Asked {
  readonly since: Cursor | null
  /** True when the page knows of a log: a bare answer is then somebody else's. Default false. */
  readonly hasLog?: boolean | undefined
  /** The request's own mark. A log server gives it back; a cache cannot. */
  readonly fresh: string
  readonly nowMs: number
}

/** A response that is no answer, by the code of its error. */
export type NoAnswer = SessionOver | CheckTrouble

/** Whoever was logged in is not any more. */
interface SessionOver extends NoAnswerDetails {
  readonly name: 'session-over'
}

/**
 * `misconfigured`: nobody answers at that address; believed the third time. `check-refused`: the shop refuses the question.
 * `blocked`: something else than the shop answered: a log-in page, a challenge, a captive portal, a cache. `check-busy`: not
 * now. `check-failed`: it may be well the next time.
 */
export interface CheckTrouble extends NoAnswerDetails {
  readonly name: 'misconfigured' | 'check-refused' | 'blocked' | 'check-busy' | 'check-failed'
}

interface NoAnswerDetails {
  /** 0 when no answer came. */
  readonly status: number
  readonly detail: string
  /** How long the server wants to be left alone. */
  readonly retryAfterMs: number
}

/** What a response means: the rows of the agreement's table. */
export type Meaning =
  | { readonly name: 'log'; readonly answer: Answer; readonly policy: CheckPolicy }
  | { readonly name: 'bare'; readonly answer: BareAnswer }
  /** 204 or 304: nothing happened. */
  | { readonly name: 'nothing' }
  | NoAnswer

/** Reads a response of the check. Pure. */
export const readResponse = ({ status, isJson, body, retryAfterMs }: CheckResponse, asked: Asked): Meaning => {
  const not = (name: NoAnswer['name'], detail = ''): NoAnswer => {
    return { name, status, detail, retryAfterMs: name === 'check-busy' ? retryAfterMs : 0 }
  }
  if (status === 204 || status === 304) return { name: 'nothing' }
  if (status === 429 || status === 503) return not('check-busy')
  if (status >= 500 && (isJson || GATEWAYS.includes(status))) return not('check-failed')
  if (status === 0 || (status >= 300 && status < 400)) return not('blocked', 'It redirects.')
  if (!isJson) return not('blocked', 'It is no JSON.')
  if (SESSION_OVER.includes(status)) return not('session-over')
  if (status >= 300) return not(NOT_THERE.includes(status) ? 'misconfigured' : 'check-refused')
  const given = isRecord(body) ? own(body, 'cart_echo') : null
  const block = isEmptyArray(given) ? null : (given ?? null)
  const wrong = block === null ? bareShape(body) : within('cart_echo', blockShape(block))
  if (wrong) return not('check-failed', sentenceOf(report(wrong)))
  if (block !== null) {
    const log = readLog(ownOnly(block as Block), asked)
    // Tools are handed it before other tabs are. One that is too deep to freeze is none that a shop sends.
    attempt(() => frozen(log))
    return log ?? not('blocked', 'A cache answered.')
  }
  // A cache, a service worker or a gateway: the log says whose it is.
  if (asked.hasLog) return not('blocked', 'It has no cart_echo.')
  const { updated, message } = ownOnly(body as Bare)
  return { name: 'bare', answer: { updated: readFlag(updated) === true, message: message ?? null, atMs: asked.nowMs } }
}

const GATEWAYS: readonly number[] = [500, 502, 504]
const SESSION_OVER: readonly number[] = [401, 403, 419]
const NOT_THERE: readonly number[] = [404, 405, 410]

interface Bare {
  updated: unknown
  message?: string | null
}

interface Interval {
  interval_ms?: unknown
}

interface Block {
  owner: string
  cursor: string
  fresh?: unknown
  events?: LoggedEvent[] | null
  reset?: unknown
  spread_ms?: unknown
  poll?: Interval | null
  audit?: Interval | null
  enabled?: unknown
}

const loggedEvents = list(record({ event: text }))
const events: Shape = (value) =>
  Array.isArray(value) && value.length > FULL_ANSWER
    ? misfit(`at most ${FULL_ANSWER} events`, value)
    : loggedEvents(value)

const interval = record({ interval_ms: optional(duration) })
const bareShape = record({ updated: (value) => (value === null ? null : flag(value)), message: optional(text) })
const blockShape = record({
  owner: where('a string that is not empty', (value) => typeof value === 'string' && value !== ''),
  cursor: where('epoch:seq', (value) => parseCursor(value) !== null),
  events: optional(events),
  reset: optional(flag),
  spread_ms: optional(duration),
  poll: whenFilled(interval),
  audit: whenFilled(interval),
  enabled: optional(flag),
})

// A service worker that answers from its cache may answer for whoever was logged in before: it has not the mark.
const readLog = (block: Block, { since, fresh }: Asked): Meaning | null =>
  block.fresh !== fresh
    ? null
    : {
        name: 'log',
        answer: {
          since,
          owner: block.owner,
          cursor: parseCursor(block.cursor) as Cursor,
          events: (block.events ?? []).map(ownOnly).map(({ event, payload }) => ({ event, payload })),
          reset: readFlag(block.reset) ?? false,
          spreadMs: readNumber(block.spread_ms),
        },
        policy: {
          enabled: readFlag(block.enabled) ?? true,
          pollMs: intervalOf(block.poll),
          auditMs: intervalOf(block.audit),
        },
      }

const intervalOf = (said: Interval | null | undefined): number | undefined =>
  readNumber(ownOnly(said ?? {}).interval_ms)

/**
 * What an answer is worth to a page. `continues`: its events follow on the cursor, or the page had none. `reset`: go on
 * from its cursor. `older`: a lagging replica's, or of a retired epoch; it settles nothing. `too-late`: it starts
 * beyond the cursor and would pass something over. `malformed`: it is not contiguous.
 */
export type Verdict = 'continues' | 'reset' | 'older' | 'too-late' | 'malformed'

/** Weighs an answer against the place of a page and the epochs that it has left. */
export const weighAnswer = (
  { cursor, retired }: { readonly cursor: Cursor | null; readonly retired: readonly string[] },
  answer: Answer,
): Verdict => {
  const { since, cursor: end, reset, events } = answer
  if (retired.includes(end.epoch) || isBefore(end, cursor)) return 'older'
  if (cursor === null && since === null) return 'continues'
  if (reset) {
    // One for another cursor than ours says nothing about ours.
    if (isSamePlace(since, cursor)) return 'reset'
    return isSamePlace(end, cursor) ? 'continues' : 'too-late'
  }
  if (since === null || cursor === null) return 'too-late'
  const isContiguous = events.length === end.seq - since.seq && (since.epoch === end.epoch || since.seq === 0)
  if (!isContiguous) return 'malformed'
  if (cursor.epoch === end.epoch) return since.seq > cursor.seq ? 'too-late' : 'continues'
  // Both start at an empty log, so these are its first events.
  const isFromHere = since.epoch === cursor.epoch || cursor.epoch === ''
  return cursor.seq === 0 && since.seq === 0 && isFromHere ? 'continues' : 'too-late'
}

const isSamePlace = (a: Cursor | null, b: Cursor | null): boolean => a?.epoch === b?.epoch && a?.seq === b?.seq

/** The error of an answer that is not contiguous. */
export const malformedAnswer = ({ since, cursor, events }: Answer): CartEchoError =>
  invalidAnswer(
    `${events.length} events from ${since && formatCursor(since)} to ${formatCursor(cursor)}: look at its query.`,
  )

/** The error of an answer that is older than what the page knows already. */
export const laggingAnswer = ({ cursor }: Answer): CartEchoError =>
  invalidAnswer(`as of ${formatCursor(cursor)}, behind the page: look for a replica that lags.`)

/** The error of an answer that nothing happened, while a broadcast waits for what came before it. */
export const emptyAnswer = (): CartEchoError => invalidAnswer('nothing, and a broadcast waits: look for a cache.')

const invalidAnswer = (what: string): CartEchoError => new CartEchoError('invalid-answer', `The check answered ${what}`)
