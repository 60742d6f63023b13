import { type Call, type Handler, isObject, parseJson } from '../http/call'
import { json, PRIVATE, type Reply } from '../http/reply'
import { route } from '../http/routes'
import { answerSince, isAhead, type LogAnswer, type LogEntry, type LogView } from './log-answer'
import { keepsLog, type Level, type LogBook } from './owner-log'
import type { Customer, FindSession, Session } from './sessions'

/** Where pages ask what they missed. Source: the guide. */
export const CHECK_PATH = '/api/cart/check-updates'

/** What the check works on. */
interface CheckOptions {
  readonly level: Level
  readonly find: FindSession
  readonly logs: LogBook
  /** What pages are told at the moment. */
  policy(): CheckPolicy
  /** What a log looks like from where the check reads it. */
  replica(view: LogView): Replica
  ownerOf(customer: Customer): string
}

/**
 * `GET /api/cart/check-updates`. Answers for the session's customer, whatever owner the page believes in: the page
 * compares. Never writes the session, sets no cookie, and never refuses a strange `since`.
 */
export const createCheck = (options: CheckOptions): Handler => {
  const unheard = createUnheard(options)
  return route('GET', CHECK_PATH, (call) => {
    const session = options.find(call)
    if (!session?.customer) return json(401, { message: 'Unauthenticated.' }, PRIVATE)
    if (!keepsLog(options.level)) return json(200, bareAnswer(unheard(session, session.customer)), PRIVATE)
    return logReply(options, session.customer, call)
  })
}

const logReply = ({ logs, policy, replica, ownerOf }: CheckOptions, customer: Customer, { query }: Call): Reply => {
  const log = answerOf(replica(logs.of(customer).view()), query.get('since'))
  const fresh = query.get('fresh')
  return json(200, fullAnswer({ owner: ownerOf(customer), log, policy: policy(), fresh }), PRIVATE)
}

/** The newest entry that is younger than the session and that it was not told of yet: each is told once. */
const createUnheard = ({ logs, replica }: CheckOptions) => {
  const told = new WeakMap<Session, LogEntry>()
  return (session: Session, customer: Customer): LogEntry | null => {
    const newest = replica(logs.of(customer).view()).view.entries.at(-1)
    if (!newest || newest === told.get(session) || newest.atMs < session.createdAtMs) return null
    told.set(session, newest)
    return newest
  }
}

/** The guide's answer: whether something changed, and the newest message. */
interface BareAnswer {
  readonly updated: boolean
  readonly message: string | null
}

/** What the full answer is made of. */
interface FullAnswerParts {
  readonly owner: string
  readonly log: LogAnswer
  readonly policy: CheckPolicy
  /** The request's `fresh`, to be given back; null without one. */
  readonly fresh: string | null
}

/** The bare check (docs/protocol.md, level guide). `news` is the newest entry the session has not been told of. */
const bareAnswer = (news: LogEntry | null): BareAnswer => ({
  updated: news !== null,
  message: news && messageOf(payloadOf(news)),
})

/** The check of a log server (docs/protocol.md, level log). A reset counts as an update: nobody can say what was missed. */
const fullAnswer = ({ owner, log, policy, fresh }: FullAnswerParts): unknown => {
  const events = log.entries.map((entry) => ({ event: entry.event, payload: payloadOf(entry) }))
  return {
    updated: log.reset || events.length > 0,
    message: messageOf(events.at(-1)?.payload),
    cart_echo: {
      owner,
      cursor: log.cursor,
      events,
      reset: log.reset,
      spread_ms: policy.resetSpreadMs,
      poll: { interval_ms: policy.pollMs },
      audit: { interval_ms: policy.auditMs },
      enabled: policy.enabled,
      ...(fresh === null ? {} : { fresh }),
    },
  }
}

const payloadOf = (entry: LogEntry): unknown => parseJson(entry.data)

const messageOf = (payload: unknown): string | null =>
  isObject(payload) && typeof payload.message === 'string' ? payload.message : null

/** What a check tells every page, whatever happened. */
export interface CheckPolicy {
  /** False: live updates are switched off. */
  readonly enabled: boolean
  /** How often a page asks that hears nothing live. */
  readonly pollMs: number
  /** How often a page asks that does. */
  readonly auditMs: number
  /** How widely the refreshes after a reset are spread. */
  readonly resetSpreadMs: number
}

/** A policy in which some things are said otherwise. */
export const changedPolicy = (policy: CheckPolicy, change: PolicyChange): CheckPolicy => ({
  enabled: change.enabled ?? policy.enabled,
  pollMs: change.pollMs ?? policy.pollMs,
  auditMs: change.auditMs ?? policy.auditMs,
  resetSpreadMs: change.resetSpreadMs ?? policy.resetSpreadMs,
})

/** What of a policy is said otherwise. */
export type PolicyChange = { readonly [N in keyof CheckPolicy]?: CheckPolicy[N] | undefined }

/** The values of docs/protocol.md, for everything that is not said otherwise. */
export const CHECK_POLICY: CheckPolicy = { enabled: true, pollMs: 30_000, auditMs: 300_000, resetSpreadMs: 2_000 }

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
const answerOf = ({ view, says }: Replica, cursor: string | null): LogAnswer =>
  answerSince(view, says === 'cursor' && isAhead(view, cursor) ? null : cursor)

/** The log as it was before its newest `count` entries. Its epoch is known from the first entry on. */
export const behindBy = (view: LogView, count: number): LogView => {
  const hidden = Math.min(count, view.seq)
  return { ...view, seq: view.seq - hidden, entries: view.entries.slice(0, Math.max(0, view.entries.length - hidden)) }
}
