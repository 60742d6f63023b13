import type { CartEchoError } from './errors'

/**
 * How the page is fed, and why so. `name` is for deciding, `because` for explaining.
 *
 *     idle ──► connecting ──► live
 *                 ▲  │         │
 *                 │  ▼         ▼
 *                waiting ◄─────┘       refused ◄── from connecting, live, waiting
 */
export type Connection =
  /** Nothing is open. `not-started` ends by `start()`, `no-user` and `switched-off` by `identify()`; on a server (`no-browser`) nothing ever happens. */
  | { readonly name: 'idle'; readonly because: IdleReason; readonly sinceMs: number }
  /** On the way to live. Goes on by itself to live, waiting or refused. */
  | { readonly name: 'connecting'; readonly because: ConnectingReason; readonly sinceMs: number }
  /** The channel is subscribed: changes arrive as they happen. A mere open socket is not live. */
  | { readonly name: 'live'; readonly because: 'subscribed'; readonly sinceMs: number }
  /** Nothing arrives now. Goes on by itself when the socket is back: Echo reconnects and authorises anew. `error` is null for a plain loss of the socket. */
  | {
      readonly name: 'waiting'
      readonly because: WaitingReason
      readonly sinceMs: number
      readonly error: CartEchoError | null
    }
  /** Trying on would not help. Ends by `identify()` or `start()`, or when the subscription succeeds after all. */
  | {
      readonly name: 'refused'
      readonly because: RefusedReason
      readonly sinceMs: number
      readonly error: CartEchoError
    }

/** Why nothing is open. */
export type IdleReason = 'not-started' | 'no-user' | 'switched-off' | 'no-browser'

/** How far it got: an Echo is looked for, its socket opens, the channel is being subscribed. */
export type ConnectingReason = 'finding-echo' | 'opening-socket' | 'subscribing'

/** Why nothing arrives for now. */
export type WaitingReason = 'socket-lost' | 'authorisation-failed' | 'blocked' | 'signature-refused' | 'no-answer'

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
  | 'unknown-app'

/** What moves a connection. */
export type ConnectionFact =
  | { readonly name: 'idle'; readonly because: IdleReason }
  | { readonly name: 'starting' }
  | { readonly name: 'socket-opening' }
  | { readonly name: 'socket-open' }
  | { readonly name: 'socket-lost' }
  | { readonly name: 'subscribed' }
  | { readonly name: 'channel-left' }
  | { readonly name: 'delayed'; readonly because: WaitingReason; readonly error: CartEchoError }
  | { readonly name: 'refused'; readonly because: RefusedReason; readonly error: CartEchoError }

/** The connection before anything happened. */
export const notStarted = (nowMs: number): Connection => ({ name: 'idle', because: 'not-started', sinceMs: nowMs })

/** Moves the connection by one fact. Returns the very same object when the fact changes nothing. */
export const moveConnection = (now: Connection, fact: ConnectionFact, nowMs: number): Connection => {
  const next = follow(now, fact, nowMs)
  return next.name === now.name && next.because === now.because ? now : next
}

const follow = (now: Connection, fact: ConnectionFact, sinceMs: number): Connection => {
  if (fact.name === 'idle') return { name: 'idle', because: fact.because, sinceMs }
  if (fact.name === 'starting') return { name: 'connecting', because: 'finding-echo', sinceMs }
  if (now.name === 'idle') return now
  if (fact.name === 'subscribed') return { name: 'live', because: 'subscribed', sinceMs }
  if (fact.name === 'refused') return { name: 'refused', because: fact.because, sinceMs, error: fact.error }
  // The reason of a refusal outlives what the socket does next, or nobody would ever see it.
  if (now.name === 'refused') return now
  return followSocket(now, fact, sinceMs)
}

type Underway = Exclude<Connection, { name: 'idle' | 'refused' }>
type SocketFact = Exclude<ConnectionFact, { name: 'idle' | 'starting' | 'subscribed' | 'refused' }>

const followSocket = (now: Underway, fact: SocketFact, sinceMs: number): Connection => {
  switch (fact.name) {
    case 'socket-opening':
      return now.name === 'connecting' ? { name: 'connecting', because: 'opening-socket', sinceMs } : lost(sinceMs)
    case 'socket-open':
      return now.name === 'live' ? now : { name: 'connecting', because: 'subscribing', sinceMs }
    case 'socket-lost':
      return lost(sinceMs)
    case 'channel-left':
      return { name: 'connecting', because: 'subscribing', sinceMs }
    case 'delayed':
      return { name: 'waiting', because: fact.because, sinceMs, error: fact.error }
  }
}

const lost = (sinceMs: number): Connection => ({ name: 'waiting', because: 'socket-lost', sinceMs, error: null })
