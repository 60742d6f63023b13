import type { ConnectionFact, RefusedReason, WaitingReason } from './connection'
import { CartEchoError } from './errors'

/** How a channel's authorisation failed: the HTTP status, 0 when no answer came. */
export interface AuthorisationFailure {
  readonly status: number
}

/**
 * Reads what Echo hands to a channel's error callback. Pusher's own request gives `{ type, error, status }`; a handler of
 * one's own only has a message, so the status is also read from words such as `HTTP 419` or `auth 403`. 0 when there is none.
 * Source: pusher-js 8.6, `core/channels/channel.ts`.
 */
export const readAuthorisationFailure = (error: unknown): AuthorisationFailure => {
  const { status, error: words, message } = Object(error) as Record<string, unknown>
  if (typeof status === 'number') return { status }
  const digits = /\b(?:HTTP|auth) (\d{1,3})\b/.exec(`${words ?? ''} ${message ?? ''}`)?.[1]
  return { status: Number(digits ?? 0) }
}

/**
 * What a failed authorisation means. A lost session and a stranger's channel are both 403 in Laravel; 419 comes only from
 * custom routes; a 2xx or 3xx means that something else than the endpoint answered, such as a log-in page.
 */
export const authorisationFact = ({ status }: AuthorisationFailure): ConnectionFact => {
  if (status === 401 || status === 403) return refused('not-authorised', status)
  if (status === 419) return refused('page-expired', status)
  if (status === 404 || status === 405 || status === 410) return refused('misconfigured', status)
  if (status >= 200 && status < 400) return delayed('blocked', status)
  return delayed('authorisation-failed', status)
}

/** The fact of a refusal, with its error. */
export const refused = (because: RefusedReason & Known, status?: number, detail = ''): ConnectionFact => ({
  name: 'refused',
  because,
  error: new CartEchoError(because, `${WORDS[because]} ${detail}`.trim(), { status }),
})

/** The fact of a delay, with its error. */
export const delayed = (because: WaitingReason & Known, status?: number): ConnectionFact => ({
  name: 'delayed',
  because,
  error: new CartEchoError(because, WORDS[because], { status }),
})

type Known = keyof typeof WORDS

const WORDS = {
  'authorisation-failed': 'The channel was not authorised: look at what /broadcasting/auth answers.',
  blocked: 'A page came instead of an authorisation: open /broadcasting/auth by hand.',
  'echo-failed': 'Echo threw:',
  misconfigured: 'No authorisation endpoint there: check authEndpoint.',
  'no-answer': 'The channel was not confirmed within 10 s: look at the server behind the socket.',
  'no-real-time': 'The null broadcaster never delivers: set another one.',
  'no-web-socket': 'No WebSocket can be opened here: look for a proxy or a policy.',
  'not-authorised': 'Not the channel of whoever is logged in: check log-in and channel rule.',
  'origin-refused': 'Reverb refused this origin: add it to allowed_origins.',
  'over-capacity': 'Reverb is over its connection quota: raise max_connections.',
  'page-expired': 'The CSRF token is no longer valid: reload the page.',
  'signature-refused': 'The socket refused a signature: compare REVERB_APP_SECRET on both sides.',
  'unknown-app': 'Reverb does not know this key: check REVERB_APP_KEY.',
} as const
