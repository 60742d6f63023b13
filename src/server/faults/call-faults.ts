import type { Call, Handler } from '../http/call'
import { errorPage, failure, html, type Reply, UNANSWERED } from '../http/reply'
import { route } from '../http/routes'
import { AUTH_PATH, STRICT_AUTH_PATH } from '../shop/channel-auth'
import { CHECK_PATH } from '../shop/check'
import type { Disturbance } from './disturbances'
import type { Span } from './fault'
import type { Hand } from './running-fault'
import { jittered, type Stage } from './stage'

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

/** Where the cart is read. */
const CART_PATH = '/api/cart'

/** What a path is to faults; null for what none of them touches: Reverb, files, and whoever has to break and mend. */
export const targetOf = (path: string): CallTarget | null => {
  if (path === AUTH_PATH || path === STRICT_AUTH_PATH) return 'auth'
  if (path === CHECK_PATH) return 'check'
  if (path === CART_PATH) return 'cart'
  // Files are served by the web server, whatever Laravel does.
  if (isReverbs(path) || /^\/(admin|faults)(\/|$)/.test(path) || /\.(?!html$)\w+$/.test(path)) return null
  return 'shop'
}

/** True for the paths of Reverb itself. */
export const isReverbs = (path: string): boolean => /^\/(app|apps|up)(\/|$)/.test(path)

/** Which requests a fault is about. */
interface Aim extends CallSpan {
  readonly on: CallTarget | undefined
}

/** A disturbance that answers the requests it is about by itself. */
const onCalls = (aim: Aim, { strike }: Hand, stage: Stage, act: (call: Call) => Reply): Disturbance => ({
  call: (call, pass) => {
    if (!isAimedAt(aim, call, stage)) return pass(call)
    strike()
    return act(call)
  },
})

/** A disturbance that changes the answers to the requests it is about. */
const onReplies = (
  aim: Aim,
  { strike }: Hand,
  stage: Stage,
  act: (reply: Reply) => Reply | Promise<Reply>,
): Disturbance => ({
  reply: (reply, call) => {
    if (!isAimedAt(aim, call, stage)) return reply
    strike()
    return act(reply)
  },
})

const isAimedAt = ({ on = 'shop', customer }: Aim, call: Call, { customerOf }: Stage): boolean => {
  const target = targetOf(call.path)
  if (target === null || (on !== 'shop' && on !== target)) return false
  return customer === undefined || String(customerOf(call)?.id) === String(customer)
}

/** Gives an answer that was made up. */
export const answer = (fault: AnswerFault, hand: Hand, stage: Stage): Disturbance => {
  const reply = replyOf(fault)
  return onCalls(fault, hand, stage, () => reply)
}

const replyOf = ({ status, headers = {}, body = '' }: AnswerFault): Reply => {
  if (typeof body === 'string') return { status, headers, body }
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

/** Answers as a CDN does that wants to see a human. */
export const challenge = (fault: ChallengeFault, hand: Hand, stage: Stage): Disturbance => {
  const headers = { 'Cache-Control': 'private, no-store', 'Cf-Mitigated': 'challenge' }
  const reply = html(fault.status ?? 403, errorPage('Just a moment...'), headers)
  return onCalls({ on: 'shop', ...fault }, hand, stage, () => reply)
}

/** Gives no answer. */
export const hang = (fault: HangFault, hand: Hand, stage: Stage): Disturbance =>
  onCalls(fault, hand, stage, () => UNANSWERED)

/** Keeps an answer for a while. */
export const late = (fault: LateFault, hand: Hand, stage: Stage): Disturbance =>
  onReplies(fault, hand, stage, async (reply) => {
    await stage.timers.wait(jittered(fault.ms, fault.jitterMs))
    return reply
  })

/** Answers as Laravel does that is down for maintenance. Source: `PreventRequestsDuringMaintenance`. */
export const maintenance = (fault: MaintenanceFault, hand: Hand, stage: Stage): Disturbance =>
  onCalls({ on: 'shop', ...fault }, hand, stage, (call) =>
    failure(call, 503, 'Service Unavailable', retryAfter(fault, stage.now())),
  )

const retryAfter = ({ retryAfterS, retryAs }: MaintenanceFault, nowMs: number): Readonly<Record<string, string>> => {
  if (retryAfterS === undefined) return {}
  const at = new Date(nowMs + retryAfterS * 1_000).toUTCString()
  return { 'Retry-After': retryAs === 'date' ? at : String(retryAfterS) }
}

/** Sends requests elsewhere. */
export const redirect = (fault: RedirectFault, hand: Hand, stage: Stage): Disturbance => {
  const reply = html(fault.status ?? 302, errorPage('Redirecting'), { Location: fault.to ?? LOG_IN_PATH })
  return onCalls(fault, hand, stage, () => reply)
}

/** Lets a body trickle. */
export const slow = (fault: SlowFault, hand: Hand, stage: Stage): Disturbance =>
  onReplies(fault, hand, stage, (reply) => ({
    ...reply,
    pace: reply.pace ?? { kind: 'slow', bytes: fault.bytes, everyMs: fault.everyMs },
  }))

/** Where a log-in page stands: what requests are redirected to. */
const LOG_IN_PATH = '/faults/log-in'

/** A page that asks everybody to log in. Nobody can. */
export const logInPage: Handler = route('GET', LOG_IN_PATH, () => html(200, errorPage('Log in')))
