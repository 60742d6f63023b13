import type { Span } from './span'

/**
 * Which requests a fault is about. `auth`: channel authorisation. `check`: the check. `cart`: `GET /api/cart`. `shop`:
 * these and all else that Laravel would answer: pages, session, log-in; not files, nor `/admin…` and `/faults…`.
 */
export type CallTarget = 'auth' | 'check' | 'cart' | 'shop'

/** Where and for whom a fault of requests holds. */
export interface CallSpan extends Span {
  /** Only requests with a session of this customer. @default everybody's */
  readonly customer?: string | number | undefined
}

/** Requests get this answer. */
export interface AnswerFault extends CallSpan {
  readonly kind: 'answer'
  readonly on: CallTarget
  readonly status: number
  /** A text goes out as it is; an object or an array as JSON. @default nothing */
  readonly body?: string | readonly unknown[] | { readonly [name: string]: unknown } | undefined
  /** None of those that frame an answer or end a connection. @default none; for JSON its `Content-Type` */
  readonly headers?: { readonly [name: string]: string } | undefined
}

/** Requests get no answer at all; their connections stay open. What hangs goes on hanging when the fault ends. */
export interface HangFault extends CallSpan {
  readonly kind: 'hang'
  readonly on: CallTarget
}

/** Requests get their answer later: the answer of the moment they came. */
export interface LateFault extends CallSpan {
  readonly kind: 'late'
  readonly on: CallTarget
  readonly ms: number
  /** Up to so much more, at random. @default 0 */
  readonly jitterMs?: number | undefined
}

/** Answers come with their headers at once and their body in small pieces. */
export interface SlowFault extends CallSpan {
  readonly kind: 'slow'
  readonly on: CallTarget
  /** How many bytes a piece has. */
  readonly bytes: number
  /** The time before each piece. */
  readonly everyMs: number
}

/** Requests are sent elsewhere: to a log-in page, or into a captive portal. */
export interface RedirectFault extends CallSpan {
  readonly kind: 'redirect'
  readonly on: CallTarget
  /** @default '/faults/log-in': an HTML page */
  readonly to?: string | undefined
  /** @default 302 */
  readonly status?: number | undefined
}

/** The shop is down for maintenance, as after `php artisan down`: 503, as JSON for scripts and as a page for browsers. */
export interface MaintenanceFault extends CallSpan {
  readonly kind: 'maintenance'
  /** @default 'shop' */
  readonly on?: CallTarget | undefined
  /** What `Retry-After` says. @default no such header */
  readonly retryAfterS?: number | undefined
  /** `date`: as a time of the server's clock. @default 'seconds' */
  readonly retryAs?: 'seconds' | 'date' | undefined
}

/** Something in front of the shop wants to see a human first: an HTML page, whatever was asked for. */
export interface ChallengeFault extends CallSpan {
  readonly kind: 'challenge'
  /** @default 'shop' */
  readonly on?: CallTarget | undefined
  /** @default 403 */
  readonly status?: 403 | 503 | undefined
}
