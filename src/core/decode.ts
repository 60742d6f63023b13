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
  readNumber,
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
  /** What was left out of it, and why; null for nothing. */
  readonly problem: CartEchoError | null
}

/** Turns an event's own payload (already plain, bounded JSON) into its type, or throws. */
export type Decode<Payload> = (payload: Record<string, unknown>) => Payload

const isInteger = (value: unknown): boolean => Number.isSafeInteger(readNumber(value))
const integer = where('an integer', isInteger)
const positive = where('an integer above 0', (value) => isInteger(value) && Number(value) > 0)
const safeId = where('a string or an integer', (value) => typeof value === 'string' || Number.isSafeInteger(value))

// JSON has the digits, JavaScript has not: two such ids may be the same here.
const id: Shape = (value) => (isUnsafe(value) ? misfit(AS_A_STRING, value) : safeId(value))

const isUnsafe = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)

const AS_A_STRING = 'an id beyond 2^53 as a string, since no JavaScript number holds it (send it as a string)'
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
 * Decodes the guide's own event. Unknown keys stay; PHP's empty `[]` for `changes` counts as `{}`, and a number in a string as that number. A condition
 * whose `item_id` is a number beyond 2^53 is left out: nobody can tell which item it is of.
 * @throws {CartEchoError} `invalid-payload`, with path, expected and actual.
 */
export const decodeConditionsChanged: Decode<CartConditionsChanged> = (payload) => {
  const told = edited(edited(payload, 'changes', changesOf), 'cart_echo', blockOf)
  insist(conditionsChangedShape(told))
  return told as unknown as CartConditionsChanged
}

/** The same fields but for one; the very same object where that stays as it is. */
const edited = (fields: unknown, key: string, change: (value: unknown) => unknown): unknown => {
  if (!isRecord(fields) || !Object.hasOwn(fields, key)) return fields
  const value = change(fields[key])
  return Object.is(value, fields[key]) ? fields : { ...fields, [key]: value }
}

const withNumbers =
  (...keys: readonly string[]) =>
  (fields: unknown): unknown =>
    // Nothing is an empty string, as a template or `env()` prints it.
    keys.reduce((now, key) => edited(now, key, (said) => (said === '' ? null : (readNumber(said) ?? said))), fields)

const withAmounts = withNumbers('subtotal', 'total', 'savings', 'previous_total')
const withCounts = withNumbers('seq', 'version', 'spread_ms')

const changesOf = (changes: unknown): unknown =>
  isEmptyArray(changes) ? {} : edited(edited(changes, 'totals', totalsOf), 'conditions', ofKnownItems)

const totalsOf = (totals: unknown): unknown => (isEmptyArray(totals) ? null : withAmounts(totals))

const blockOf = (block: unknown): unknown => (isEmptyArray(block) ? {} : withCounts(block))

const ofKnownItems = (conditions: unknown): unknown =>
  Array.isArray(conditions) && conditions.some(isOfUnsafeItem)
    ? conditions.filter((condition) => !isOfUnsafeItem(condition))
    : conditions

const isOfUnsafeItem = (condition: unknown): boolean => isRecord(condition) && isUnsafe(own(condition, 'item_id'))

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
    return { change: decode(fields), payload: fields, block, problem: unsafeItem(fields) }
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
  const fields: unknown = isRecord(block) ? Object.assign(Object.create(null), withCounts(block)) : block
  insist(within('cart_echo', blockShape(fields)))
  return fields as CartEchoBlock
}

const unsafeItem = (payload: Record<string, unknown>): CartEchoError | null => {
  const changes = own(payload, 'changes')
  const conditions = isRecord(changes) ? own(changes, 'conditions') : null
  const index = Array.isArray(conditions) ? conditions.findIndex(isOfUnsafeItem) : -1
  if (index < 0) return null
  const itemId = (conditions as readonly Record<string, unknown>[])[index]?.item_id
  return invalidPayload(
    within('changes', within('conditions', within(index, within('item_id', misfit(AS_A_STRING, itemId))))),
  )
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
