import { type Call, type Handler, readFields } from '../http/call'
import { failure, json, PRIVATE, type Reply } from '../http/reply'
import { firstOf, route } from '../http/routes'
import { provesToken } from './channel-auth'
import type { PageBlock } from './page-block'
import { CUSTOMERS, findCustomer, type Session, type Sessions, sessionCookies, type Visit } from './sessions'

/** What log-in and log-out work on. */
export interface SessionRouteOptions {
  readonly sessions: Sessions
  readonly visit: Visit
  /** The page block of a session, for pages that stay open; null when nobody is logged in. */
  blockOf(session: Session, call: Call): PageBlock | null
}

/** `GET /session`, `POST /login` and `POST /logout`: who is here, and the change of it. */
export const createSessionRoutes = ({ sessions, visit, blockOf }: SessionRouteOptions): Handler => {
  const describe = (session: Session, call: Call): unknown => ({
    user: session.customer?.id ?? null,
    name: session.customer?.name ?? null,
    csrf_token: session.csrfToken,
    page: blockOf(session, call),
    customers: CUSTOMERS,
  })

  const reply = (session: Session, call: Call, isNew: boolean): Reply =>
    json(200, describe(session, call), { ...PRIVATE, ...(isNew ? { 'Set-Cookie': sessionCookies(session) } : {}) })

  const show = (call: Call): Reply => {
    const { session, isNew } = visit(call)
    return reply(session, call, isNew)
  }

  const change = (call: Call, stateOf: () => Pick<Session, 'customer' | 'loggedOut'> | null): Reply => {
    const old = sessions.find(call.headers.cookie)
    if (!old || !provesToken(old, call)) return failure(call, 419, 'CSRF token mismatch.')
    const state = stateOf()
    return state ? reply(sessions.renew(old, state), call, true) : json(422, { message: 'There is no such customer.' })
  }

  return firstOf([
    route('GET', '/session', show),
    route('POST', '/login', (call) => change(call, () => loggedIn(readFields(call).customer))),
    route('POST', '/logout', (call) => change(call, () => ({ customer: null, loggedOut: true }))),
  ])
}

const loggedIn = (id: unknown): Pick<Session, 'customer' | 'loggedOut'> | null => {
  const customer = findCustomer(id)
  return customer && { customer, loggedOut: false }
}
