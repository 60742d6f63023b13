import type { ConnectionFact, RefusedReason, WaitingReason } from './connection'
import { CartEchoError, wordsOf } from './errors'
import { ownOnly } from './shape'

/** How a channel's authorisation failed: the HTTP status, 0 when no answer came. */
export interface AuthorisationFailure {
  readonly status: number
  /** True when something else than JSON came in the place of an answer, where that is known. */
  readonly isForeign: boolean
  /** How long the server asked to be left alone, where that is known. */
  readonly retryAfterMs: number
  /** What was handed over. */
  readonly cause: unknown
}

/**
 * Reads what Echo hands to a channel's error callback. Pusher's own request gives `{ type, error, status }`; a handler of
 * one's own only has a message, so the status is also read from words such as `HTTP 419` or `auth 403`. 0 when there is none.
 * Source: pusher-js 8.6, `core/channels/channel.ts`.
 */
export const readAuthorisationFailure = (error: unknown): AuthorisationFailure => {
  const { status, error: words, message } = peekAll(error)
  const said = `${wordsOf(words ?? '')} ${wordsOf(message ?? '')}`
  const retryAfterMs = 1_000 * Number(/\bRetry-After: (\d{1,4})\b/.exec(said)?.[1] ?? 0)
  const isForeign = /\bHTTP \d{3} \(no JSON\)/.test(said)
  if (typeof status === 'number') return { status, isForeign, retryAfterMs, cause: error }
  // `auth 403` is the stand-in's, `status code 403` axios's.
  const digits = /\b(?:HTTP|auth|status|status code):? (\d{1,3})\b/.exec(said)?.[1]
  return { status: Number(digits ?? 0), isForeign, retryAfterMs, cause: error }
}

const peekAll = (error: unknown): Record<string, unknown> => {
  try {
    const { status, error: words, message } = Object(error) as Record<string, unknown>
    return { status, error: words, message }
  } catch {
    return {}
  }
}

/**
 * What a failed authorisation means. what is no JSON is no answer of the shop, whatever its status but a 5xx; a lost session and a stranger's channel are both 403 in Laravel; 419 comes only from
 * custom routes; a 2xx or 3xx means that something else than the endpoint answered, such as a log-in page.
 */
export const authorisationFact = (
  failure: AuthorisationFailure,
  channel: string,
): ConnectionFact & { name: 'delayed' | 'refused' } => {
  const { status } = failure
  const about = { status, cause: failure.cause, detail: `(private-${channel}, HTTP ${status})` }
  if (failure.isForeign && status < 500) return delayed('blocked', about)
  if (status === 401 || status === 403) return refused('not-authorised', about)
  if (status === 419) return refused('page-expired', about)
  if (status === 404 || status === 405 || status === 410) return refused('misconfigured', about)
  if (status >= 200 && status < 400) return delayed('blocked', about)
  return delayed('authorisation-failed', about)
}

/** What is known about a refusal beside its reason. */
export interface RefusalDetails {
  readonly status?: number | undefined
  readonly cause?: unknown
  readonly detail?: string | undefined
}

/** The fact of a refusal, with its error. */
export const refused = (
  because: RefusedReason & Known,
  details?: RefusalDetails,
): ConnectionFact & { name: 'refused'; error: CartEchoError } => ({ name: 'refused', ...reasoned(because, details) })

/** The fact of a delay, with its error. */
export const delayed = (
  because: WaitingReason & Known,
  details?: RefusalDetails,
): ConnectionFact & { name: 'delayed' } => ({ name: 'delayed', ...reasoned(because, details) })

const reasoned = <Reason extends Known>(because: Reason, details: RefusalDetails = {}) => {
  const { detail = '', ...about } = ownOnly(details)
  return { because, error: new CartEchoError(because, `${WORDS[because]} ${detail}`.trim(), about) }
}

type Known = keyof typeof WORDS

const WORDS = {
  'authorisation-failed': 'The channel was not authorised: look at what the endpoint answers.',
  blocked: 'Something else than the shop answered: open the address by hand.',
  'check-busy': 'The check wants to be left alone for a while:',
  'check-failed': 'The check did not answer:',
  'check-refused': 'The check refused:',
  'echo-failed': 'Echo threw:',
  misconfigured: 'There is nothing at that address: correct it.',
  'no-answer': 'The channel was not confirmed within 10 s: look at the server behind the socket.',
  'no-real-time': 'The null broadcaster never delivers: set another one.',
  'no-web-socket': 'No WebSocket can be opened here: look for a proxy or a policy.',
  'not-authorised': 'The server refused the channel: check the log-in, then routes/channels.php.',
  'origin-refused': 'Reverb refused this origin: add it to allowed_origins.',
  'over-capacity': 'Reverb is over its connection quota: raise max_connections.',
  'page-expired': 'The CSRF token is no longer valid: reload the page.',
  'session-over': 'Nobody is logged in any more: log in again, then call identify().',
  'socket-refused': 'The server refused the socket: look at the code it gave.',
  'signature-refused': 'The socket refused a signature: compare REVERB_APP_SECRET on both sides.',
  'unknown-app': 'Reverb does not know this key: check REVERB_APP_KEY.',
} as const
