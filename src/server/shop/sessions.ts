import { randomBytes } from 'node:crypto'
import type { Id } from '../../engine/events'
import { CartEchoServerError } from '../errors'
import { type Call, type Handler, isJson } from '../http/call'
import { isOwnHost } from '../http/host'
import { failure, json, PRIVATE, type Reply } from '../http/reply'
import { readCookie } from '../http/routes'
import { sameText } from '../reverb/signature'

/** One browser's session. Logging in or out makes a new one and voids the old. */
export interface Session {
  readonly id: string
  /** What a form or a script has to send back. Base64: in the `XSRF-TOKEN` cookie it stands percent-encoded. */
  readonly csrfToken: string
  readonly customer: Customer | null
  /** In milliseconds of the server's clock. */
  readonly createdAtMs: number
  /** True when the visitor has logged out: nobody logs them in without being asked. */
  readonly loggedOut: boolean
}

/** All sessions. */
export interface Sessions {
  /** The session of a `Cookie` header; null without one, or with one that is void. Never throws. */
  find(cookieHeader: string | undefined): Session | null
  /** True when the session of a `Cookie` header was made here, be it void by now. Never throws. */
  isOurs(cookieHeader: string | undefined): boolean
  /** Makes a new session in the place of an old one, if there was one. */
  renew(old: Session | null, state: Pick<Session, 'customer' | 'loggedOut'>): Session
  /** Voids every session of a customer. Gives how many there were. */
  lose(customer: Customer): number
  /** Makes every session of a customer another's: same cookie, same token. Gives how many there were. */
  hand(customer: Customer, to: Customer): number
  /** Voids them all. */
  clear(): void
}

/** What sessions are made with. */
interface SessionsOptions {
  /** The server's clock. @default Date.now */
  readonly now?: (() => number) | undefined
}

const SESSION_COOKIE = 'cart_echo_session'
const MAX_SESSIONS = 10_000

/** No sessions yet. The oldest goes when there are more than ten thousand, so that visitors cannot fill the memory. */
export const createSessions = ({ now = Date.now }: SessionsOptions = {}): Sessions => {
  const sessions = new Map<string, Session>()
  // Cookies do not mind the port, and outlive the server: a browser may bring those of an earlier one.
  const mark = randomBytes(8).toString('hex')
  const idOf = (cookieHeader: string | undefined): string => readCookie(cookieHeader, SESSION_COOKIE) ?? ''
  const of = (customer: Customer): readonly Session[] =>
    [...sessions.values()].filter((session) => session.customer === customer)

  return {
    find: (cookieHeader) => sessions.get(idOf(cookieHeader)) ?? null,
    isOurs: (cookieHeader) => idOf(cookieHeader).startsWith(mark),
    renew: (old, state) => {
      if (old) sessions.delete(old.id)
      const session = { id: mark + token('base64url'), csrfToken: token('base64'), createdAtMs: now(), ...state }
      sessions.set(session.id, session)
      const [oldest] = sessions.keys()
      if (sessions.size > MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest)
      return session
    },
    lose: (customer) => {
      const lost = of(customer)
      for (const { id } of lost) sessions.delete(id)
      return lost.length
    },
    hand: (customer, to) => {
      const handed = of(customer)
      for (const session of handed) sessions.set(session.id, { ...session, customer: to })
      return handed.length
    },
    clear: () => sessions.clear(),
  }
}

/**
 * The `Set-Cookie` headers that carry a session: its id for the server alone, its CSRF token for scripts. Both end with
 * the browser and stay home on cross-site posts.
 */
export const sessionCookies = ({ id, csrfToken }: Session): readonly string[] => [
  `${SESSION_COOKIE}=${id}; Path=/; SameSite=Lax; HttpOnly`,
  `XSRF-TOKEN=${encodeURIComponent(csrfToken)}; Path=/; SameSite=Lax`,
]

/** True when a request knows the session's CSRF token. Takes as long for a near miss as for a far one. */
export const isCsrfToken = (session: Session, sent: unknown): boolean =>
  typeof sent === 'string' && sameText(sent, session.csrfToken)

const token = (encoding: 'base64' | 'base64url'): string => randomBytes(32).toString(encoding)

/** Who can log in. */
export interface Customer {
  /** An integer or a UUID: real shops have either. */
  readonly id: Id
  readonly name: string
}

/** Everyone the shop knows. The third has a UUIDv7, which a rule that compares integers would take for another's. */
export const CUSTOMERS: readonly Customer[] = [
  { id: 1, name: 'Customer 1' },
  { id: 2, name: 'Customer 2' },
  { id: '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a', name: 'Customer 3' },
]

/** The customer with that id, compared as a string; null when there is none. */
export const findCustomer = (id: unknown): Customer | null =>
  CUSTOMERS.find((customer) => String(customer.id) === String(id)) ?? null

/**
 * The customer with that id, compared as a string.
 * @throws {CartEchoServerError} `unknown-customer`
 */
export const knownCustomer = (id: Id): Customer => {
  const customer = findCustomer(id)
  if (customer) return customer
  const ids = CUSTOMERS.map((one) => one.id).join(', ')
  throw new CartEchoServerError('unknown-customer', `There is no customer ${id}. There are: ${ids}.`)
}

/** The private channel of a customer, without `private-`. Source: Laravel. */
export const channelOf = (customer: Customer): string => `App.Models.User.${customer.id}`

/** Who looks at a page. */
interface Visitor {
  readonly session: Session
  /** True when the session is new to the browser, so that its cookies have to be sent. */
  readonly isNew: boolean
}

/** Gives a call's visitor a session, if they have none. */
export type Visit = (call: Call) => Visitor

/**
 * Gives everyone who looks at a page, or asks who is looking, a session. With `autoLogin` a visitor comes in as that customer, unless they
 * have logged out.
 */
export const createVisitors = (sessions: Sessions, autoLogin: Customer | null): Visit => {
  return (call) => {
    const session = sessions.find(call.headers.cookie)
    const stays = session && (session.customer || session.loggedOut || !autoLogin)
    if (stays) return { session, isNew: false }
    return { session: sessions.renew(session, { customer: autoLogin, loggedOut: false }), isNew: true }
  }
}

/** Finds the session of a call. */
export type FindSession = (call: Call) => Session | null

/**
 * Whose call of the API this is. With `autoLogin` one that brings no session of ours is that customer's, so that a page of another server needs no log-in; no cookie is
 * set. A session that has ended is nobody's, as in a real shop.
 */
export const createCallers = (sessions: Sessions, autoLogin: Customer | null, now: () => number): FindSession => {
  const anybody: Session | null = autoLogin && {
    id: '',
    csrfToken: token('base64'),
    customer: autoLogin,
    createdAtMs: now(),
    loggedOut: false,
  }
  return ({ headers: { cookie } }) => (sessions.isOurs(cookie) ? sessions.find(cookie) : anybody)
}

const NOT_OURS = 'This server does not answer to that name. Start it with the name as its host (--host) if it is yours.'

/** A handler that nobody reaches under a foreign name: who logs visitors in by itself would log them in for its owner. */
export const underOwnName =
  (handler: Handler, ownName: string): Handler =>
  (call) =>
    isOwnHost(call.headers.host, ownName) ? handler(call) : failure(call, 403, NOT_OURS)

/**
 * True when no other site can have made this call. There is no admin log-in, and a server on localhost can be reached
 * by every page the developer has open, so three things are asked: a name that is ours (DNS rebinding), an `Origin`
 * that is our own, and JSON, which no form of another site can send without asking first (CORS preflight; a DELETE has to ask anyway).
 */
const isSameSite = (call: Call, ownName: string): boolean => {
  const { host, origin, 'sec-fetch-site': site } = call.headers
  if (!isOwnHost(host, ownName)) return false
  if (origin !== undefined && origin !== `http://${host}`) return false
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  return call.method !== 'POST' || isJson(call)
}

const MAY_BE_FOREIGN =
  'This may come from another site. Call by the address that the server has printed, a POST with Content-Type: application/json.'

/** The refusal of a call that another site may have made; null where none can have. */
export const refuseOtherSite = (call: Call, ownName: string): Reply | null =>
  isSameSite(call, ownName) ? null : json(403, { message: MAY_BE_FOREIGN }, PRIVATE)
