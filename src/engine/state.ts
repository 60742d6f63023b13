import { createSource, type Guard, type OnError, type Source } from './emitter'
import { CartEchoError, wordsOf } from './errors'
import { hasOwn, ownOnly } from './shape'

/**
 * How the page is fed, and why so. `name` is for deciding, `because` for explaining, `sinceMs` is when this began, in
 * milliseconds of the clock.
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
  | { readonly name: 'idle'; readonly reason: IdleReason; readonly sinceMs: number }
  /** On the way to live. Goes on by itself to live, polling, waiting or refused. */
  | { readonly name: 'connecting'; readonly reason: ConnectingReason; readonly sinceMs: number }
  /** The channel is subscribed: changes arrive as they happen. A mere open socket is not live. */
  | { readonly name: 'live'; readonly reason: 'subscribed'; readonly sinceMs: number }
  /**
   * Changes are asked for, and the check answers, or is asked for the first time. Becomes live by itself when the channel is subscribed. `because` says why it
   * is not, `nextTryAtMs` when the check is asked next; null while nobody looks at the page.
   */
  | {
      readonly name: 'polling'
      readonly reason: PollingReason
      readonly sinceMs: number
      readonly error: CartEchoError | null
      readonly nextTryAtMs: number | null
    }
  /**
   * Nothing arrives now. Goes on by itself, at `nextTryAtMs` where that is known. `error` is null for a plain loss of the socket. `not-loaded`:
   * null while nobody looks at the page or its network is away, and while it is tried; it is tried at once when somebody looks, or the network is back.
   */
  | {
      readonly name: 'waiting'
      readonly reason: WaitingReason
      readonly sinceMs: number
      readonly error: CartEchoError | null
      readonly nextTryAtMs: number | null
    }
  /**
   * Trying on would not help. Ends by `identify()` or `start()`, or when the subscription succeeds after all. After
   * `session-over` the check is asked once more each time the page is looked at.
   */
  | {
      readonly name: 'refused'
      readonly reason: RefusedReason
      readonly sinceMs: number
      readonly error: CartEchoError
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

/** What moves a connection. */
export type ConnectionFact =
  | { readonly name: 'idle'; readonly reason: IdleReason }
  | { readonly name: 'starting' }
  | { readonly name: 'prerendering' }
  | { readonly name: 'socket-opening' }
  | { readonly name: 'socket-open' }
  /** `nextTryAtMs`: when it is opened again, where that is known. */
  | { readonly name: 'socket-lost'; readonly nextTryAtMs?: number | undefined }
  | { readonly name: 'subscribed' }
  | { readonly name: 'channel-left' }
  | {
      readonly name: 'delayed'
      readonly reason: WaitingReason
      readonly error: CartEchoError | null
      readonly nextTryAtMs?: number | undefined
    }
  | {
      readonly name: 'polling'
      readonly reason: PollingReason
      readonly error: CartEchoError | null
      readonly nextTryAtMs: number | null
    }
  | { readonly name: 'refused'; readonly reason: RefusedReason; readonly error: CartEchoError }
  /** Another tab feeds this one: this is its connection. */
  | { readonly name: 'shared'; readonly connection: Connection }

/** The connection before anything happened. */
export const notStarted = (nowMs: number): Connection => ({ name: 'idle', reason: 'not-started', sinceMs: nowMs })

/** The connection that a server shows: made at no time in particular, so that it is the same in the browser. */
export const unheard: Connection = Object.freeze(notStarted(0))

/** Moves the connection by one fact. Returns the very same object when the fact changes nothing. */
export const moveConnection = (now: Connection, fact: ConnectionFact, nowMs: number): Connection =>
  carryOn(now, follow(now, fact, nowMs))

/** `next`, since the same moment while name and reason stay; the very same object as `now` when it says the same. */
export const carryOn = (now: Connection, next: Connection): Connection => {
  if (next.name !== now.name || next.reason !== now.reason) return next
  return nextTryOf(next) === nextTryOf(now) ? now : { ...next, sinceMs: now.sinceMs }
}

const nextTryOf = (connection: Connection): number | null =>
  hasOwn(connection, 'nextTryAtMs') ? connection.nextTryAtMs : null

const follow = (now: Connection, fact: ConnectionFact, sinceMs: number): Connection => {
  if (fact.name === 'shared') return fact.connection
  if (fact.name === 'idle') return { name: 'idle', reason: fact.reason, sinceMs }
  if (fact.name === 'starting') return { name: 'connecting', reason: 'finding-echo', sinceMs }
  if (now.name === 'idle') return now
  if (fact.name === 'subscribed') return { name: 'live', reason: 'subscribed', sinceMs }
  if (fact.name === 'polling') return { ...fact, sinceMs }
  if (fact.name === 'refused') return { name: 'refused', reason: fact.reason, sinceMs, error: fact.error }
  // The reason of a refusal outlives what the socket does next, or nobody would ever see it.
  if (now.name === 'refused') return now
  return followSocket(now, fact, sinceMs)
}

type Underway = Exclude<Connection, { name: 'idle' | 'refused' }>
type SocketFact = Exclude<
  ConnectionFact,
  { name: 'idle' | 'starting' | 'subscribed' | 'polling' | 'refused' | 'shared' }
>

const followSocket = (now: Underway, fact: SocketFact, sinceMs: number): Connection => {
  switch (fact.name) {
    case 'prerendering':
      return { name: 'connecting', reason: 'prerendering', sinceMs }
    case 'socket-opening':
      return now.name === 'connecting'
        ? { name: 'connecting', reason: 'opening-socket', sinceMs }
        : reopening(now, sinceMs)
    case 'socket-open':
      return now.name === 'live' ? now : { name: 'connecting', reason: 'subscribing', sinceMs }
    case 'socket-lost':
      return lost(sinceMs, fact.nextTryAtMs)
    case 'channel-left':
      return { name: 'connecting', reason: 'subscribing', sinceMs }
    case 'delayed':
      return { ...fact, name: 'waiting', sinceMs, nextTryAtMs: fact.nextTryAtMs ?? null }
  }
}

// What ails the server is still the reason while it is tried once more.
const reopening = (now: Underway, sinceMs: number): Connection =>
  now.name === 'waiting' && now.error ? now : lost(sinceMs)

const lost = (sinceMs: number, nextTryAtMs: number | null = null): Connection => ({
  name: 'waiting',
  reason: 'socket-lost',
  sinceMs,
  error: null,
  nextTryAtMs,
})

/** How a channel's authorisation failed: the HTTP status, 0 when no answer came. */
interface AuthorisationFailure {
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
interface RefusalDetails {
  readonly status?: number | undefined
  readonly cause?: unknown
  readonly detail?: string | undefined
}

/** The fact of a refusal, with its error. */
export const refused = (
  reason: RefusedReason & Known,
  details?: RefusalDetails,
): ConnectionFact & { name: 'refused'; error: CartEchoError } => ({ name: 'refused', ...reasoned(reason, details) })

/** The fact of a delay, with its error. */
export const delayed = (
  reason: WaitingReason & Known,
  details?: RefusalDetails,
): ConnectionFact & { name: 'delayed' } => ({ name: 'delayed', ...reasoned(reason, details) })

const reasoned = <Reason extends Known>(reason: Reason, details: RefusalDetails = {}) => {
  const { detail = '', ...about } = ownOnly(details)
  return { reason, error: new CartEchoError(reason, `${WORDS[reason]} ${detail}`.trim(), about) }
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

/** The connection of a page, and what moves it. */
interface Moving {
  readonly connection: Source<Connection>
  /** Moves it by these facts; whoever listens hears where they lead, not the steps between. */
  readonly move: (...facts: readonly ConnectionFact[]) => void
}

/** What moving needs. */
interface MovingParts {
  readonly nowMs: () => number
  readonly guard: Guard
  /** Told first where it is going. */
  readonly goingTo: (next: Connection) => void
  /** Hears the error of each new trouble. */
  readonly report: OnError
}

/** A connection before anything happened. */
export const createMoving = ({ nowMs, guard, goingTo, report }: MovingParts): Moving => {
  const connection = createSource<Connection>('connection', notStarted(nowMs()), guard)
  const move = (...facts: readonly ConnectionFact[]): void => {
    const before = connection.get()
    const atMs = nowMs()
    const after = facts.reduce((now, fact) => moveConnection(now, fact, atMs), before)
    if (after === before) return
    goingTo(after)
    connection.set(after)
    const error = errorOf(after)
    if (error) report(error)
  }
  return { connection, move }
}

/** What is wrong with a connection, where something is. */
export const errorOf = (connection: Connection): CartEchoError | null =>
  hasOwn(connection, 'error') ? connection.error : null
