import { attempt } from './attempt'
import { outOfBounds } from './bounds'
import { CartEchoError, wordsOf } from './errors'
import type { CartConditionsChanged, CartEchoBlock } from './events'
import {
  duration,
  isEmptyArray,
  isRecord,
  list,
  type Misfit,
  misfit,
  optional,
  own,
  record,
  report,
  type Shape,
  sentenceOf,
  text,
  where,
  within,
} from './shape'

/** A payload after its own decoder, with the block every event may carry. */
export interface Decoded {
  readonly change: unknown
  /** The payload as it came: what a decoder makes of it may be no JSON, or leave out what tells two apart. */
  readonly payload: Record<string, unknown>
  readonly block: CartEchoBlock
}

/** Turns an event's own payload (already plain, bounded JSON) into its type, or throws. */
export type Decode<Payload> = (payload: Record<string, unknown>) => Payload

const integer = where('an integer', Number.isSafeInteger)
const positive = where('an integer above 0', (value) => Number.isSafeInteger(value) && Number(value) > 0)
const id = where('a string or an integer', (value) => typeof value === 'string' || Number.isSafeInteger(value))
const amount = where('a string or a number', (value) => typeof value === 'string' || Number.isFinite(value))
const epoch = where('1 to 32 of A-Z a-z 0-9 _ -', (value) => typeof value === 'string' && /^[\w-]{1,32}$/.test(value))

const conditionShape = record({
  action: text,
  display_name: text,
  type: optional(text),
  value: optional(amount),
  item_id: optional(id),
})

const totalsShape = record({
  currency: text,
  subtotal: integer,
  total: integer,
  savings: integer,
  previous_total: optional(integer),
})

const changesShape = record({
  condition_removed: optional(text),
  new_subtotal: optional(text),
  new_total: optional(text),
  savings: optional(text),
  conditions: optional(list(conditionShape)),
  totals: optional(totalsShape),
})

const conditionsChangedShape = record({
  message: where('a string or null', (value) => typeof value === 'string' || value === null),
  changes: changesShape,
  timestamp: text,
})

const blockFields = record({
  epoch: optional(epoch),
  seq: optional(positive),
  id: optional(id),
  cart: optional(id),
  instance: optional(text),
  version: optional(integer),
  code: optional(text),
  locale: optional(text),
  spread_ms: optional(duration),
})

const blockShape: Shape = (value) => blockFields(value) ?? unpaired(value as CartEchoBlock)

const unpaired = ({ epoch, seq }: CartEchoBlock): Misfit | null => {
  if ((epoch == null) === (seq == null)) return null
  return within(epoch == null ? 'epoch' : 'seq', misfit('given, since epoch and seq come together', undefined))
}

/**
 * Decodes the guide's own event. Unknown keys stay; PHP's empty `[]` for `changes` counts as `{}`.
 * @throws {CartEchoError} `invalid-payload`, with path, expected and actual.
 */
export const decodeConditionsChanged: Decode<CartConditionsChanged> = (payload) => {
  const filled = isEmptyArray(own(payload, 'changes')) ? { ...payload, changes: {} } : payload
  insist(conditionsChangedShape(filled))
  return filled as unknown as CartConditionsChanged
}

/** Decodes an event of your own that brings no decoder: any JSON object passes as it is. */
export const decodeAnything: Decode<Record<string, unknown>> = (payload) => payload

/**
 * Decodes a broadcast: bounds first, then the `cart_echo` block, then the event's own payload.
 * @throws {CartEchoError} `invalid-payload`; whatever the event's own decoder throws is its `cause`.
 */
export const decodeBroadcast = (event: string, payload: unknown, decode: Decode<unknown>): Decoded => {
  try {
    insist(outOfBounds(payload))
    const fields: unknown = isEmptyArray(payload) ? {} : payload
    if (!isRecord(fields)) throw invalidPayload(misfit('an object', fields))
    const block = decodeBlock(own(fields, 'cart_echo'))
    return { change: decode(fields), payload: fields, block }
  } catch (error) {
    throw asInvalidPayload(event, error)
  }
}

/** True when a broadcast can be decoded, or is of an event that nobody listens to. Never throws. */
export const isReadable = (events: ReadonlyMap<string, Decode<unknown>>, event: string, payload: unknown): boolean => {
  const decode = events.get(event)
  return !decode || attempt(() => decodeBroadcast(event, payload, decode)) !== undefined
}

// Without a prototype: on a page that extends Object.prototype every block would inherit an id or an epoch.
const decodeBlock = (block: unknown): CartEchoBlock => {
  if (block === undefined || block === null || isEmptyArray(block)) return Object.create(null)
  const fields: unknown = isRecord(block) ? Object.assign(Object.create(null), block) : block
  insist(within('cart_echo', blockShape(fields)))
  return fields as CartEchoBlock
}

const insist = (wrong: Misfit | null): void => {
  if (wrong) throw invalidPayload(wrong)
}

const invalidPayload = (wrong: Misfit): CartEchoError => {
  const words = report(wrong)
  return new CartEchoError('invalid-payload', sentenceOf(words), { report: words })
}

const asInvalidPayload = (event: string, cause: unknown): CartEchoError =>
  new CartEchoError('invalid-payload', `A broadcast of ${event} was skipped: ${wordsOf(cause)}`, {
    cause,
    report: cause instanceof CartEchoError ? cause.report : undefined,
  })
