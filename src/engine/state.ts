import { CartEchoError, type CartEchoErrorDetails, wordsOf } from './errors'
import { hasOwn, ownOnly } from './shape'

/**
 * How the page gets its changes, and why that way. Decide by `name`, explain by `reason`; `sinceMs` is when this state began, as `Date.now()`. The object
 * stays the same as long as name, reason and the status of the error do. `cart.nextTryAtMs()` says when the next try is.
 *
 *     idle ──► connecting ──► live
 *                 ▲  │         │  ▲
 *                 │  ▼         ▼  │
 *                waiting ◄──► polling       refused ◄── from any but idle
 */
export type Connection =
  /**
   * Nothing is open. `not-started` ends with `start()`, `no-user` with `identify()`. `switched-off` ends with `identify()`; if the check said so, it is
   * also asked again when the page becomes visible, at most every 15 min. `no-browser`: on a server nothing is ever opened.
   */
  | State<'idle', IdleReason>
  /** On the way to live. Changes by itself to live, polling, waiting or refused. */
  | State<'connecting', ConnectingReason>
  /** The channel is subscribed: changes arrive as they happen. An open socket alone is not live. */
  | State<'live', 'subscribed'>
  /**
   * Changes are fetched from the check, which answers, or is asked for the first time. Becomes live by itself when the channel is subscribed. `reason` says
   * why it is not live.
   */
  | Troubled<'polling', PollingReason, CartEchoError | null>
  /** Nothing arrives now; retries by itself. `error` is null when just the socket was lost. */
  | Troubled<'waiting', WaitingReason, CartEchoError | null>
  /**
   * Retrying would not help. Ends with `identify()` or `start()`, or when the subscription succeeds after all. After
   * `session-over` the check is asked once more each time the page becomes visible.
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
 * What it waits for: the rest of the script tag's code (fetched when the page is done), the end of prerendering, an Echo on the page, its socket, or the
 * subscription to the channel.
 */
export type ConnectingReason = 'loading' | 'prerendering' | 'finding-echo' | 'opening-socket' | 'subscribing'

/** Why nothing arrives now: the socket, the channel's authorisation, the check, or code (the script tag's or Echo's) that could not be fetched. */
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

/** Why retrying would not help. */
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

/** Why the page polls: no socket can be had, its broadcasts never arrive, or the reason for which it would be waiting or refused. */
export type PollingReason = 'no-socket' | 'no-broadcasts' | WaitingReason | RefusedReason

/** What may change the connection. `nextTryAtMs`: when it is tried again by itself, or the check asked next, if that is known. */
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
  /** Another tab feeds this one, and this is that tab's connection. */
  | ({ readonly name: 'shared'; readonly connection: Connection } & Planned)

interface Planned {
  readonly nextTryAtMs?: number | null | undefined
}

/** The connection before the first `start()`. */
export const notStarted = (nowMs: number): Connection => ({ name: 'idle', reason: 'not-started', sinceMs: nowMs })

/** The connection that a server renders: `sinceMs` is 0, so that the browser hydrates the same. */
export const serverConnection: Connection = Object.freeze(notStarted(0))

/** The connection after a fact. Returns the same object when name, reason and the error's status stay the same. */
export const moveConnection = (now: Connection, fact: ConnectionFact, nowMs: number): Connection =>
  keepIfSame(now, { sinceMs: nowMs, ...follow(now, fact) })

/** `next`, or `now` itself when both have the same name and reason, and no error of another status. */
export const keepIfSame = (now: Connection, next: Connection): Connection => {
  if (next.name !== now.name || next.reason !== now.reason) return next
  return errorOf(next)?.status === errorOf(now)?.status ? now : { ...next, sinceMs: now.sinceMs }
}

/** When the next try is, after a fact that led to this connection; null when none is planned, or when it is not known. */
export const nextTryAfter = ({ name }: Connection, fact: { readonly name: string } & Planned): number | null =>
  name === 'waiting' || name === 'polling' ? (ownOnly(fact).nextTryAtMs ?? null) : null

/** A connection from now on, unless it says since when. */
type Place<One extends Connection = Connection> = One extends unknown ? Omit<One, 'sinceMs'> & Partial<One> : never

const connecting = (reason: ConnectingReason): Place => ({ name: 'connecting', reason })

const lost: Place = { name: 'waiting', reason: 'socket-lost', error: null }

const follow = (now: Connection, fact: ConnectionFact): Place => {
  if (fact.name === 'shared') return fact.connection
  if (fact.name === 'idle') return fact
  if (fact.name === 'starting') return connecting('finding-echo')
  // No other fact leaves `idle`.
  if (now.name === 'idle') return now
  if (fact.name === 'subscribed') return { name: 'live', reason: 'subscribed' }
  if (fact.name === 'polling') return { name: 'polling', reason: fact.reason, error: fact.error }
  if (fact.name === 'refused') return fact
  // Keep the reason of a refusal, whatever the socket does next, or nobody would see it.
  if (now.name === 'refused') return now
  if (fact.name === 'delayed') return { name: 'waiting', reason: fact.reason, error: fact.error }
  if (fact.name === 'prerendering') return connecting('prerendering')
  if (fact.name === 'socket-lost') return lost
  if (fact.name !== 'socket-opening')
    return now.name === 'live' && fact.name === 'socket-open' ? now : connecting('subscribing')
  if (now.name === 'connecting') return connecting('opening-socket')
  // The server's error stays the reason while the next try is under way.
  return now.name === 'waiting' && now.error ? now : lost
}

/** The error of a connection; null when it has none. */
export const errorOf = (connection: Connection): CartEchoError | null =>
  hasOwn(connection, 'error') ? connection.error : null

/** The error of a check on a page that does not listen. */
export const notListening = (connection: Connection): CartEchoError =>
  new CartEchoError('cannot-check', `The page is ${connection.name}: ${connection.reason}.`, {
    cause: errorOf(connection) ?? undefined,
  })

/** The details of a refusal; `detail` is appended to the message. */
type RefusalDetails = CartEchoErrorDetails & { readonly detail?: string | undefined }

/** The fact that the connection is refused, with its error. */
export const refused = (
  reason: RefusedReason & Known,
  details?: RefusalDetails,
): ConnectionFact & { name: 'refused'; error: CartEchoError } => ({ name: 'refused', ...reasoned(reason, details) })

/** The fact that the connection has to wait, with its error. */
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
  blocked: 'Not the shop answered: open the address.',
  'check-busy': 'Raise the throttle of the check:',
  'check-failed': 'No answer of the check:',
  'check-refused': 'Look at what the check wants:',
  'echo-failed': 'Echo threw:',
  misconfigured: 'Nothing there: correct the address',
  'no-answer': 'Not confirmed: look at the socket server.',
  'no-real-time': 'The null broadcaster: set another.',
  'no-web-socket': 'No WebSocket: look at connect-src, and for a proxy.',
  'not-authorised': 'Check the log-in, then routes/channels.php',
  'origin-refused': 'Add the origin to allowed_origins',
  'other-user': 'Another customer: reload, or call identify()',
  'over-capacity': 'Raise max_connections',
  'page-expired': 'Reload the page for a CSRF token',
  'session-over': 'Log in again, then call identify():',
  'socket-refused': 'Look at the log of the socket server',
  'signature-refused': 'Compare REVERB_APP_SECRET',
  'unknown-app': 'Check REVERB_APP_KEY',
} as const
