import type { Call, Handler } from '../http/call'
import { json, PRIVATE, type Reply } from '../http/reply'
import { route } from '../http/routes'
import { bareAnswer, fullAnswer } from './check-answers'
import type { CheckPolicy } from './check-policy'
import type { Customer } from './customers'
import { keepsLog, type Level } from './level'
import type { LogEntry, LogView } from './log-answer'
import type { LogBook } from './log-book'
import { answerOf, type Replica } from './replica'
import type { Session, Sessions } from './sessions'

/** Where pages ask what they missed. Source: the guide. */
export const CHECK_PATH = '/api/cart/check-updates'

/** What the check works on. */
export interface CheckOptions {
  readonly level: Level
  readonly sessions: Sessions
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
    const session = options.sessions.find(call.headers.cookie)
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
