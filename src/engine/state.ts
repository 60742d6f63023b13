import { CartEchoError, type CartEchoErrorDetails, wordsOf } from './errors'
import { attempt, hasOwn, ownOnly } from './shape'

/**
 * How the page is fed, and why so. `name` is for deciding, `reason` for explaining, `sinceMs` is when this began, in milliseconds of the clock. The very same
 * object while name and reason stay. When the next try is, says `cart.nextTryAtMs()`.
 *
 *     idle ──► connecting ──► live
 *                 ▲  │         │  ▲
 *                 │  ▼         ▼  │
 *                waiting ◄──► polling       refused ◄── from any but idle
 */
export type Connection =
  /**
   * Nothing is open. `not-started` ends by `start()`, `no-user` by `identify()`. `switched-off` by `identify()`, and where the
   * check said so, it is asked again when the page is looked at, every 15 min at most. `no-browser`: on a server nothing ever happens.
   */
  | State<'idle', IdleReason>
  /** On the way to live. Goes on by itself to live, polling, waiting or refused. */
  | State<'connecting', ConnectingReason>
  /** The channel is subscribed: changes arrive as they happen. A mere open socket is not live. */
  | State<'live', 'subscribed'>
  /**
   * Changes are asked for, and the check answers, or is asked for the first time. Becomes live by itself when the channel is subscribed. `reason` says why it
   * is not.
   */
  | Troubled<'polling', PollingReason, CartEchoError | null>
  /** Nothing arrives now. Goes on by itself. `error` is null for a plain loss of the socket. */
  | Troubled<'waiting', WaitingReason, CartEchoError | null>
  /**
   * Trying on would not help. Ends by `identify()` or `start()`, or when the subscription succeeds after all. After
   * `session-over` the check is asked once more each time the page is looked at.
   */
  | Troubled<'refused', RefusedReason, CartEchoError>

interface State<Name extends string, Reason extends string> {
  readonly name: Name
  readonly reason: Reason
  readonly sinceMs: number
}

interface Troubled<Name extends string, Reason extends string, Trouble> extends State<Name, Reason> {
  readonly error: Trouble
}

/** Why nothing is open. */
export type IdleReason = 'not-started' | 'no-user' | 'switched-off' | 'no-browser'

/**
 * How far it got: the script tag fetches the rest of its code (when the page is done), the page is still prerendered, an Echo is looked for, its
 * socket opens, the channel is being subscribed.
 */
export type ConnectingReason = 'loading' | 'prerendering' | 'finding-echo' | 'opening-socket' | 'subscribing'

/** Why nothing arrives for now: the socket, the channel's authorisation, the check, or code that cannot be fetched, the script tag's or Echo's. */
export type WaitingReason =
  | 'socket-lost'
  | 'authorisation-failed'
  | 'blocked'
  | 'signature-refused'
  | 'no-answer'
  | 'over-capacity'
  | 'socket-refused'
  | 'check-failed'
  | 'check-refused'
  | 'check-busy'
  | 'not-loaded'

/** Why it would not help to go on. */
export type RefusedReason =
  | 'echo-failed'
  | 'misconfigured'
  | 'no-echo'
  | 'no-real-time'
  | 'no-web-socket'
  | 'not-authorised'
  | 'origin-refused'
  | 'other-user'
  | 'over-capacity'
  | 'page-conflict'
  | 'page-expired'
  | 'session-over'
  | 'socket-refused'
  | 'unknown-app'

/** Why the check is asked: there is no socket to be had, its broadcasts never arrive, or what ails it. */
export type PollingReason = 'no-socket' | 'no-broadcasts' | WaitingReason | RefusedReason

/** What moves a connection. `nextTryAtMs`: when it is tried again by itself, or asked next, where that is known. */
export type ConnectionFact =
  | { readonly name: 'idle'; readonly reason: IdleReason }
  | { readonly name: 'starting' }
  | { readonly name: 'prerendering' }
  | { readonly name: 'socket-opening' }
  | { readonly name: 'socket-open' }
  | ({ readonly name: 'socket-lost' } & Planned)
  | { readonly name: 'subscribed' }
  | { readonly name: 'channel-left' }
  | ({ readonly name: 'delayed'; readonly reason: WaitingReason; readonly error: CartEchoError | null } & Planned)
  | ({ readonly name: 'polling'; readonly reason: PollingReason; readonly error: CartEchoError | null } & Planned)
  | { readonly name: 'refused'; readonly reason: RefusedReason; readonly error: CartEchoError }
  /** Another tab feeds this one: this is its connection. */
  | ({ readonly name: 'shared'; readonly connection: Connection } & Planned)

interface Planned {
  readonly nextTryAtMs?: number | null | undefined
}

/** The connection before anything happened. */
export const notStarted = (nowMs: number): Connection => ({ name: 'idle', reason: 'not-started', sinceMs: nowMs })

/** The connection that a server shows: made at no time in particular, so that it is the same in the browser. */
export const unheard: Connection = Object.freeze(notStarted(0))

/** Moves the connection by one fact. Returns the very same object when name and reason stay. */
export const moveConnection = (now: Connection, fact: ConnectionFact, nowMs: number): Connection =>
  carryOn(now, follow(now, fact, nowMs))

/** `next`, or the very same object as `now` when it has the same name and reason. */
export const carryOn = (now: Connection, next: Connection): Connection =>
  next.name === now.name && next.reason === now.reason ? now : next

/** When the next try is, after a fact that led to this connection; null when none is planned, or it is not known. */
export const nextTryAfter = ({ name }: Connection, fact: { readonly name: string } & Planned): number | null =>
  name === 'waiting' || name === 'polling' ? (ownOnly(fact).nextTryAtMs ?? null) : null

const follow = (now: Connection, fact: ConnectionFact, sinceMs: number): Connection => {
  const connecting = (reason: ConnectingReason): Connection => ({ name: 'connecting', reason, sinceMs })
  if (fact.name === 'shared') return fact.connection
  if (fact.name === 'idle') return { ...fact, sinceMs }
  if (fact.name === 'starting') return connecting('finding-echo')
  // Nothing else opens what is closed.
  if (now.name === 'idle') return now
  if (fact.name === 'subscribed') return { name: 'live', reason: 'subscribed', sinceMs }
  if (fact.name === 'polling') return { name: 'polling', reason: fact.reason, sinceMs, error: fact.error }
  if (fact.name === 'refused') return { ...fact, sinceMs }
  // The reason of a refusal outlives what the socket does next, or nobody would ever see it.
  if (now.name === 'refused') return now
  const lost: Connection = { name: 'waiting', reason: 'socket-lost', sinceMs, error: null }
  switch (fact.name) {
    case 'prerendering':
      return connecting('prerendering')
    case 'socket-opening':
      if (now.name === 'connecting') return connecting('opening-socket')
      // What ails the server is still the reason while it is tried once more.
      return now.name === 'waiting' && now.error ? now : lost
    case 'socket-open':
      return now.name === 'live' ? now : connecting('subscribing')
    case 'channel-left':
      return connecting('subscribing')
    case 'socket-lost':
      return lost
    case 'delayed':
      return { name: 'waiting', reason: fact.reason, sinceMs, error: fact.error }
  }
}

/** What is wrong with a connection, where something is. */
export const errorOf = (connection: Connection): CartEchoError | null =>
  hasOwn(connection, 'error') ? connection.error : null

/**
 * Reads what Echo hands to a channel's error callback. Pusher's own request gives `{ type, error, status }`; a handler of
 * one's own only has a message, so the status is also read from words such as `HTTP 419` or `auth 403`. Never throws.
 * Source: pusher-js 8.6, `core/channels/channel.ts`.
 */
export const readAuthorisationFailure = (cause: unknown) => {
  const { status, words } = attempt(() => saidIn(Object(cause))) ?? { words: '' }
  // `auth 403` is the stand-in's, `status code 403` axios's.
  const digits = /\b(?:HTTP|auth|status|status code):? (\d{1,3})\b/.exec(words)?.[1]
  return {
    /** 0 when no answer came. */
    status: typeof status === 'number' ? status : Number(digits ?? 0),
    /** True when something else than JSON came in the place of an answer, where that is known. */
    isForeign: /\bHTTP \d{3} \(no JSON\)/.test(words),
    /** How long the server asked to be left alone, where that is known. */
    retryAfterMs: 1_000 * Number(/\bRetry-After: (\d{1,4})\b/.exec(words)?.[1] ?? 0),
    cause,
  }
}

const saidIn = ({ status, error, message }: Record<string, unknown>) => ({
  status,
  words: `${wordsOf(error ?? '')} ${wordsOf(message ?? '')}`,
})

/**
 * What a failed authorisation means. What is no JSON is no answer of the shop, whatever its status but a 5xx; a lost session and a stranger's channel are
 * both 403 in Laravel; 419 comes only from custom routes; a 2xx or 3xx means that something else than the endpoint answered, such as a log-in page.
 */
export const authorisationFact = (
  { status, isForeign, cause }: ReturnType<typeof readAuthorisationFailure>,
  channel: string,
): ConnectionFact & { name: 'delayed' | 'refused' } => {
  const details = { status, cause, detail: `(private-${channel}, HTTP ${status})` }
  if (isForeign && status < 500) return delayed('blocked', details)
  if (status === 401 || status === 403) return refused('not-authorised', details)
  if (status === 419) return refused('page-expired', details)
  if (status === 404 || status === 405 || status === 410) return refused('misconfigured', details)
  return delayed(status >= 200 && status < 400 ? 'blocked' : 'authorisation-failed', details)
}

/** What is known about a refusal beside its reason; `detail` ends the message. */
type RefusalDetails = CartEchoErrorDetails & { readonly detail?: string | undefined }

/** The fact of a refusal, with its error: a line that says what to do first. */
export const refused = (
  reason: RefusedReason & Known,
  details?: RefusalDetails,
): ConnectionFact & { name: 'refused'; error: CartEchoError } => ({ name: 'refused', ...reasoned(reason, details) })

/** The fact of a delay, with its error. */
export const delayed = (
  reason: WaitingReason & Known,
  details?: RefusalDetails,
): ConnectionFact & { name: 'delayed'; error: CartEchoError } => ({ name: 'delayed', ...reasoned(reason, details) })

/** The fact of an Echo, or another transport, that threw. */
export const echoThrew = (cause: unknown) => refused('echo-failed', { cause, detail: wordsOf(cause) })

/** The error of an ask that was rejected. */
export const askThrew = (cause: unknown): CartEchoError =>
  delayed('check-failed', { cause, detail: wordsOf(cause) }).error

const reasoned = <Reason extends Known>(reason: Reason, details: RefusalDetails = {}) => {
  const { detail = '', ...about } = ownOnly(details)
  return { reason, error: new CartEchoError(reason, `${WORDS[reason]} ${detail}`.trim(), about) }
}

type Known = keyof typeof WORDS

const WORDS = {
  'authorisation-failed': 'Look at what the endpoint answers',
  blocked: 'Something else answered: open the address by hand.',
  'check-busy': 'Raise the throttle of the check:',
  'check-failed': 'No answer of the check:',
  'check-refused': 'Look at what the check wants:',
  'echo-failed': 'Echo threw:',
  misconfigured: 'Nothing answers there: correct the address',
  'no-answer': 'The channel was not confirmed: look at the socket server.',
  'no-real-time': 'The null broadcaster sends nothing: set another.',
  'no-web-socket': 'No WebSocket: look for a proxy or a policy.',
  'not-authorised': 'Check the log-in, then routes/channels.php',
  'origin-refused': 'Add the origin to allowed_origins',
  'other-user': 'Another customer is logged in: reload the page, or call identify().',
  'over-capacity': 'Raise max_connections',
  'page-expired': 'Reload the page for a CSRF token',
  'session-over': 'Log in again, then call identify()',
  'socket-refused': 'Look at the log of the socket server',
  'signature-refused': 'Compare REVERB_APP_SECRET on both sides.',
  'unknown-app': 'Check REVERB_APP_KEY',
} as const
