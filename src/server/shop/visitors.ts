import type { Call } from '../http/call'
import type { Customer } from './customers'
import type { Session, Sessions } from './sessions'

/** Who looks at a page. */
export interface Visitor {
  readonly session: Session
  /** True when the session is new to the browser, so that its cookies have to be sent. */
  readonly isNew: boolean
}

/**
 * Gives everyone who looks at a page a session. With `autoLogin` a visitor comes in as that customer, unless they
 * have logged out.
 */
export const createVisitors = (sessions: Sessions, autoLogin: Customer | null) => {
  return (call: Call): Visitor => {
    const session = sessions.find(call.headers.cookie)
    const stays = session && (session.customer || session.loggedOut || !autoLogin)
    if (stays) return { session, isNew: false }
    return { session: sessions.renew(session, { customer: autoLogin, loggedOut: false }), isNew: true }
  }
}
