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
export const refused = (because: RefusedReason, status?: number, detail?: string): ConnectionFact => ({
  name: 'refused',
  because,
  error: new CartEchoError(because, sentence(because, status, detail), { status }),
})

/** The fact of a delay, with its error. */
export const delayed = (because: Exclude<WaitingReason, 'socket-lost'>, status?: number): ConnectionFact => ({
  name: 'delayed',
  because,
  error: new CartEchoError(because, sentence(because, status), { status }),
})

const sentence = (because: keyof typeof WORDS, status?: number, detail?: string): string =>
  [WORDS[because], status === undefined ? '' : `(HTTP ${status})`, detail ?? ''].filter(Boolean).join(' ')

const WORDS = {
  'authorisation-failed': 'The channel could not be authorised. Look at what /broadcasting/auth answers.',
  blocked: 'Something else than Laravel answered the authorisation, such as a log-in page. Open its address by hand.',
  'echo-failed': 'Echo threw. Look at how it is set up.',
  misconfigured: 'There is no authorisation endpoint at that address. Check authEndpoint and Broadcast::routes().',
  'no-answer': 'The socket is open, but the channel was not confirmed. Look at the server behind it.',
  'no-echo': 'No Echo was found in time.',
  'no-real-time':
    'This Echo uses the null broadcaster: nothing will ever arrive. Set BROADCAST_CONNECTION and the broadcaster.',
  'no-web-socket': 'No WebSocket can be opened here. Look for a proxy or a policy that forbids it.',
  'not-authorised':
    'This channel is not for whoever is logged in. Check the log-in and the rule in routes/channels.php.',
  'origin-refused': "Reverb refused the page's origin. Add it to allowed_origins in config/reverb.php.",
  'other-user': 'The check answers for another customer.',
  'over-capacity': 'Reverb is over its connection quota. Raise max_connections.',
  'page-conflict': 'The page names two owners.',
  'page-expired': "The page's CSRF token is no longer valid. Reload the page.",
  'signature-refused': 'The socket refused a signature. Check that key and secret are those of the running Reverb.',
  'unknown-app': 'Reverb does not know this app key. Check REVERB_APP_KEY.',
} as const
