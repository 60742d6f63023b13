import type { Call, Handler } from '../http/call'
import { json, PRIVATE, type Reply } from '../http/reply'
import { route } from '../http/routes'
import { bareAnswer, fullAnswer } from './check-answers'
import { CHECK_POLICY } from './check-policy'
import type { Customer } from './customers'
import type { Level } from './level'
import type { LogEntry } from './log-answer'
import type { LogBook } from './log-book'
import type { Session, Sessions } from './sessions'

/** Where pages ask what they missed. Source: the guide. */
export const CHECK_PATH = '/api/cart/check-updates'

/** What the check works on. */
export interface CheckOptions {
  readonly level: Level
  readonly sessions: Sessions
  readonly logs: LogBook
  ownerOf(customer: Customer): string
}

/**
 * `GET /api/cart/check-updates`. Answers for the session's customer, whatever owner the page believes in: the page
 * compares. Never writes the session, sets no cookie, and never refuses a strange `since`.
 */
export const createCheck = (options: CheckOptions): Handler => {
  const unheard = createUnheard(options.logs)
  return route('GET', CHECK_PATH, (call) => {
    const session = options.sessions.find(call.headers.cookie)
    if (!session?.customer) return json(401, { message: 'Unauthenticated.' }, PRIVATE)
    if (options.level === 'guide') return json(200, bareAnswer(unheard(session, session.customer)), PRIVATE)
    return logReply(options, session.customer, call)
  })
}

const logReply = ({ logs, ownerOf }: CheckOptions, customer: Customer, { query }: Call): Reply => {
  const log = logs.of(customer).since(query.get('since'))
  return json(
    200,
    fullAnswer({ owner: ownerOf(customer), log, policy: CHECK_POLICY, fresh: query.get('fresh') }),
    PRIVATE,
  )
}

/** The newest entry that is younger than the session and that it was not told of yet: each is told once. */
const createUnheard = (logs: LogBook) => {
  const told = new WeakMap<Session, LogEntry>()
  return (session: Session, customer: Customer): LogEntry | null => {
    const newest = logs.of(customer).newest()
    if (!newest || newest === told.get(session) || newest.atMs < session.createdAtMs) return null
    told.set(session, newest)
    return newest
  }
}
