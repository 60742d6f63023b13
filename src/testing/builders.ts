import { type Meaning, readResponse } from '../engine/answer'
import { parseCursor } from '../engine/cursor'
import { CartEchoError, unfit } from '../engine/errors'
import {
  type CartConditionsChanged,
  type CartEchoBlock,
  type CartEventMap,
  type CartEventName,
  readListening,
} from '../engine/events'
import { boundedCopy, createDecoder, decodeAnything, decodeConditionsChanged } from '../engine/payload'
import { isRecord } from '../engine/shape'

/** An event of the log, as the check gives it. */
export type LoggedChange = {
  [Name in CartEventName]: { readonly event: Name; readonly payload: CartEventMap[Name] }
}[CartEventName]

/** The body of an answer of the check: without `cart_echo` that of a server without a log. */
export interface CheckAnswer {
  readonly updated: boolean
  readonly message: string | null
  readonly cart_echo?: CheckAnswerBlock | undefined
}

/** What a log server says. */
export interface CheckAnswerBlock {
  readonly owner: string
  /** The place of the last event given, `epoch:seq`. */
  readonly cursor: string
  /** The request's own, given back. Left out, it is put in when the answer is given. */
  readonly fresh?: string | null | undefined
  readonly events?: readonly LoggedChange[] | undefined
  readonly reset?: boolean | undefined
  readonly spread_ms?: number | undefined
  readonly poll?: { readonly interval_ms?: number | undefined } | undefined
  readonly audit?: { readonly interval_ms?: number | undefined } | undefined
  readonly enabled?: boolean | undefined
}

/** What may be given of a change; the rest is made up. */
export type PartOf<Name extends CartEventName> = 'cart.conditions.changed' extends Name
  ? Partial<CartConditionsChanged>
  : CartEventMap[Name]

const MESSAGE = 'Your cart was updated due to a promotion change'

/** Takes a change: a part of a payload of `cart.conditions.changed`, or an event of your own by its name, with its payload. Gives the payload. */
export interface ChangeCall {
  (change?: Partial<CartConditionsChanged>): CartConditionsChanged
  <Name extends CartEventName>(event: Name, change: PartOf<Name>): CartEventMap[Name]
}

/**
 * A payload of `cart.conditions.changed` as a server sends it: what is given, and the rest made up, without a place in a log. Of an event of your own, by its
 * name: just what is given, which its type in `CartEventMap` must allow. A new object each time.
 * @throws {CartEchoError} `invalid-payload` for what a page would not read, `invalid-event` for a name that cannot be one.
 */
export const aChange = ((first: CartEventName | object = {}, part: object = {}): unknown => {
  const [event, given] = typeof first === 'string' ? [first, part] : [CONDITIONS, first]
  readListening([event])
  if (!isRecord(given)) throw unfit('invalid-payload', 'aChange()', 'an object', given)
  const payload =
    event === CONDITIONS ? { message: MESSAGE, changes: {}, timestamp: '2026-11-23T10:00:00+00:00', ...given } : given
  const copy = boundedCopy(payload)
  const decode = event === CONDITIONS ? decodeConditionsChanged : decodeAnything
  const decoded = createDecoder(event, decode as typeof decodeAnything)(copy)
  if (decoded instanceof CartEchoError) throw decoded
  if (decoded.problem) throw decoded.problem
  return copy
}) as ChangeCall

const CONDITIONS = 'cart.conditions.changed'

/** What may be given of an answer. */
export interface AnswerParts extends Omit<Partial<CheckAnswerBlock>, 'events'> {
  /** False when nothing happened. Default: true where there is an event, a reset or a message. */
  updated?: boolean | undefined
  /** Default: that of the newest event. */
  message?: string | null | undefined
  /** Oldest first, contiguous up to `cursor`. Payloads of `cart.conditions.changed` may stand alone. Default: none. */
  events?: readonly (LoggedChange | CartConditionsChanged)[] | undefined
}

/**
 * The body of an answer of the check, valid for a page: of a log server where `cursor` is given, whose owner is `owner-1` unless another is, else of a server without
 * a log. Give it to `fake.answer()` or `shop.answer()`, which put the request's `fresh` in.
 * @throws {CartEchoError} `invalid-answer` for what a page would not read; `invalid-options` for events or the like without `cursor`.
 */
export const anAnswer = (parts: AnswerParts = {}): CheckAnswer => {
  if (!isRecord(parts)) throw unfit('invalid-options', 'anAnswer()', 'an object', parts)
  const { updated, message, events: given = [], ...block }: AnswerParts = parts
  if (!Array.isArray(given)) throw unfit('invalid-answer', 'anAnswer().events', 'a list of changes', given)
  const events = given.map((one: LoggedChange | CartConditionsChanged): LoggedChange => {
    if (!isRecord(one)) throw unfit('invalid-answer', 'anAnswer().events', 'a list of changes', one)
    return 'payload' in one ? one : { event: CONDITIONS, payload: one }
  })
  const newest = events.at(-1)?.payload as { readonly message?: string | null } | undefined
  const said = message ?? newest?.message ?? null
  const body: CheckAnswer = {
    updated: updated ?? (said !== null || events.length > 0 || block.reset === true),
    message: said,
  }
  const { cursor } = block
  if (cursor === undefined) {
    const [needless] = [...Object.keys(block), ...(events.length > 0 ? ['events'] : [])]
    if (needless === undefined) return insistOnMeaning(body, 'bare')
    throw unfit('invalid-options', 'anAnswer().cursor', `epoch:seq, because of ${needless}`, cursor)
  }
  const answer = { ...body, cart_echo: { owner: 'owner-1', ...block, cursor, events } }
  return insistOnMeaning(answer, 'log')
}

const insistOnMeaning = (answer: CheckAnswer, name: 'log' | 'bare'): CheckAnswer => {
  const wrong = wordsAgainst(answer, name)
  if (wrong === null) return answer
  throw new CartEchoError('invalid-answer', `anAnswer(): ${wrong}`)
}

const wordsAgainst = (answer: CheckAnswer, name: 'log' | 'bare'): string | null => {
  const body = boundedCopy(
    JSON.parse(
      JSON.stringify(name === 'log' ? { ...answer, cart_echo: { ...answer.cart_echo, fresh: FRESH } } : answer),
    ),
  )
  const meaning: Meaning = readResponse(
    { status: 200, isJson: true, body, retryAfterMs: 0 },
    { since: null, fresh: FRESH, nowMs: 0 },
  )
  if (meaning.name !== name) return 'detail' in meaning ? meaning.detail : 'a log server says cart_echo.'
  const { events = [], cursor = '' } = answer.cart_echo ?? {}
  if (events.length > (parseCursor(cursor)?.seq ?? 0)) return `${events.length} events do not end at ${cursor}.`
  for (const { event, payload } of events) aChange(event, payload as never)
  return null
}

const FRESH = 'fresh'

/** The same payload at a place of a log. */
export const placed = <Payload extends object>(payload: Payload, epoch: string, seq: number): Payload => {
  const { cart_echo: block } = payload as { readonly cart_echo?: CartEchoBlock | null }
  return { ...payload, cart_echo: { ...block, epoch, seq } }
}
