import type { Call } from '../http/call'
import { readFields } from '../http/fields'
import { isCsrfToken, type Session } from './sessions'

/** True when a request proves that it knows its session's CSRF token: in `_token`, `X-CSRF-TOKEN` or `X-XSRF-TOKEN`. */
export const provesToken = (session: Session, call: Call): boolean => isCsrfToken(session, sentToken(call))

/** Where Laravel looks for it, in its order. */
const sentToken = (call: Call): unknown =>
  readFields(call)._token ?? call.headers['x-csrf-token'] ?? call.headers['x-xsrf-token']
