import { randomBytes } from 'node:crypto'
import { readCookie, writeCookie } from '../http/cookies'
import { sameText } from '../reverb/signature'
import type { Customer } from './customers'

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
export interface SessionsOptions {
  /** The server's clock. @default Date.now */
  readonly now?: (() => number) | undefined
}

const SESSION_COOKIE = 'cart_echo_session'
const MAX_SESSIONS = 10_000

/** No sessions yet. The oldest goes when there are more than ten thousand, so that visitors cannot fill the memory. */
export const createSessions = ({ now = Date.now }: SessionsOptions = {}): Sessions => {
  const sessions = new Map<string, Session>()
  const of = (customer: Customer): readonly Session[] =>
    [...sessions.values()].filter((session) => session.customer === customer)

  return {
    find: (cookieHeader) => sessions.get(readCookie(cookieHeader, SESSION_COOKIE) ?? '') ?? null,
    renew: (old, state) => {
      if (old) sessions.delete(old.id)
      const session = { id: token('base64url'), csrfToken: token('base64'), createdAtMs: now(), ...state }
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

/** The `Set-Cookie` headers that carry a session: its id for the server alone, its CSRF token for scripts. */
export const sessionCookies = ({ id, csrfToken }: Session): readonly string[] => [
  writeCookie(SESSION_COOKIE, id, { httpOnly: true }),
  writeCookie('XSRF-TOKEN', csrfToken, { httpOnly: false }),
]

/** True when a request knows the session's CSRF token. Takes as long for a near miss as for a far one. */
export const isCsrfToken = (session: Session, sent: unknown): boolean =>
  typeof sent === 'string' && sameText(sent, session.csrfToken)

const token = (encoding: 'base64' | 'base64url'): string => randomBytes(32).toString(encoding)
