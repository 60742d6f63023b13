import type { LoggedEvent } from './answer'
import { type Cursor, formatCursor } from './cursor'
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
  reading,
  readNumber,
  record,
  report,
  type Shape,
  sentenceOf,
  text,
  where,
  within,
} from './shape'

const DEEPEST = 16
const MOST_VALUES = 10_000
const MOST_CHARACTERS = 256_000
const NOT_JSON: ReadonlySet<string> = new Set(['function', 'bigint', 'symbol'])

/**
 * Says what makes a payload too hostile to look at: deeper than 16 levels, more than 10,000 values, more than 256,000
 * characters, a key named `__proto__`, or what JSON cannot hold. Reverb refuses publishes over 10,000 bytes, so a real
 * broadcast is far below. Stops at the first excess, so that a huge payload costs little.
 */
export const outOfBounds = (payload: unknown): Misfit | null => measure(payload, 0, { values: 0, characters: 0 })

const measure = (value: unknown, depth: number, spent: { values: number; characters: number }): Misfit | null => {
  spent.values += 1
  if (typeof value === 'string') spent.characters += value.length
  if (spent.values > MOST_VALUES) return misfit(`at most ${MOST_VALUES} values`, value)
  if (spent.characters > MOST_CHARACTERS) return misfit(`at most ${MOST_CHARACTERS} characters`, value)
  if (NOT_JSON.has(typeof value)) return misfit('plain JSON', value)
  if (typeof value !== 'object' || value === null) return null
  if (depth >= DEEPEST) return misfit(`at most ${DEEPEST} levels`, value)
  // A listener that copies the payload key by key would set the prototype of its copy.
  if (Object.hasOwn(value, '__proto__')) return misfit('no key named __proto__', value)
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const wrong = measure(value[index], depth + 1, spent)
      if (wrong) return within(index, wrong)
    }
    return null
  }
  // `Object.entries` would read a million keys before the limit could stop it.
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    spent.characters += key.length
    const wrong = measure((value as Record<string, unknown>)[key], depth + 1, spent)
    if (wrong) return within(key, wrong)
  }
  return null
}

/** A broadcast, read. */
export interface Decoded {
  readonly event: string
  /** What the event's own decoder made of the payload. */
  readonly change: unknown
  /** A copy of the payload: what a decoder makes of it may be no JSON, or leave out what tells two apart. */
  readonly payload: Record<string, unknown>
  /** Its place in the owner's log; null where the server keeps none. */
  readonly position: Cursor | null
  /** Its identity on a server without a log; null for none. */
  readonly id: string | null
  readonly instance: string
  readonly spreadMs: number | undefined
  /** What was left out of it, and why; null for nothing. */
  readonly problem: CartEchoError | null
}

const FOR_EVER = Number.POSITIVE_INFINITY
const CONTENT_LASTS_MS = 60_000
const CONTENT = 'content:'

/**
 * The key that tells a broadcast from others, and how long the same key means the same news. It is `epoch:seq`, else made
 * of event, instance and `id`, else of event and content. The same content may come again by right, so that lasts 60 s.
 * Keys are sorted; `timestamp`, `spread_ms` and `locale` are no content.
 */
export const identityOf = (decoded: Decoded): { readonly key: string; readonly lastsMs: number } => {
  const { event, payload, position, id, instance } = decoded
  if (position) return { key: formatCursor(position), lastsMs: FOR_EVER }
  // One order may be the `id` of a change of the cart, of the stock and of the wishlist.
  if (id !== null) return { key: `id:${JSON.stringify([event, instance, id])}`, lastsMs: FOR_EVER }
  const { timestamp, cart_echo, ...content } = payload
  const { spread_ms, locale, ...block } = Object(cart_echo)
  const words = `${event} ${sorted({ ...content, cart_echo: block })}`
  // Two hashes of 32 bits are plenty to tell a minute's worth of broadcasts apart.
  return { key: CONTENT + fnv1a(words, 0x811c9dc5) + fnv1a(words, 0x1000193), lastsMs: CONTENT_LASTS_MS }
}

/** True for the key of mere content: the same key may be other news by right. */
export const mayComeAgain = (key: string): boolean => key.startsWith(CONTENT)

/** The same text for the same JSON, in whatever order its keys are. */
export const sorted = (json: unknown): string => JSON.stringify(json, sortKeys) ?? ''

const sortKeys = (_key: string, value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value

const fnv1a = (text: string, seed: number): string => {
  let hash = seed
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

const isInteger = (value: unknown): boolean => Number.isSafeInteger(readNumber(value))
const isUnsafe = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)
const integer = where('an integer', isInteger)
const positive = where('an integer above 0', (value) => isInteger(value) && Number(value) > 0)
const safeId = where('a string or an integer', (value) => typeof value === 'string' || Number.isSafeInteger(value))
const amount = where('a string or a number', (value) => typeof value === 'string' || Number.isFinite(value))
const epoch = where('1 to 32 of A-Z a-z 0-9 _ -', (value) => typeof value === 'string' && /^[\w-]{1,32}$/.test(value))

// JavaScript rounds such numbers, so two ids may become the same.
const id: Shape = (value) => (isUnsafe(value) ? misfit(AS_A_STRING, value) : safeId(value))
const AS_A_STRING = 'an id beyond 2^53 as a string'

/** A number also in a string; an empty one, as a template or `env()` prints it, is nothing. */
const number = (shape: Shape): Shape => reading((said) => (said === '' ? null : (readNumber(said) ?? said)), shape)

/** PHP's empty array, where an object belongs. */
const filled = (empty: unknown, shape: Shape): Shape => reading((said) => (isEmptyArray(said) ? empty : said), shape)

const emptyObject = Object.freeze({})

const blockFields = record({
  epoch: optional(epoch),
  seq: number(optional(positive)),
  id: optional(id),
  cart: optional(id),
  instance: optional(text),
  version: number(optional(integer)),
  code: optional(text),
  locale: optional(text),
  spread_ms: number(optional(duration)),
})

const blockShape: Shape = (value) => blockFields(value) ?? unpaired(value as Record<string, unknown>)

const unpaired = (block: Record<string, unknown>): Misfit | null => {
  const hasEpoch = own(block, 'epoch') != null
  if (hasEpoch === (own(block, 'seq') != null)) return null
  return within(hasEpoch ? 'seq' : 'epoch', misfit('epoch and seq together', undefined))
}

const broadcastShape = record({ cart_echo: filled(emptyObject, optional(blockShape)) })

const conditionShape = record({
  action: text,
  display_name: text,
  type: optional(text),
  value: optional(amount),
  item_id: optional(id),
})

const totalsShape = record({
  currency: text,
  subtotal: number(integer),
  total: number(integer),
  savings: number(integer),
  previous_total: number(optional(integer)),
})

const isOfUnsafeItem = (condition: unknown): boolean => isRecord(condition) && isUnsafe(own(condition, 'item_id'))

const ofKnownItems = (conditions: unknown): unknown =>
  Array.isArray(conditions) ? conditions.filter((condition) => !isOfUnsafeItem(condition)) : conditions

const changesShape = record({
  condition_removed: optional(text),
  new_subtotal: optional(text),
  new_total: optional(text),
  savings: optional(text),
  conditions: reading(ofKnownItems, optional(list(conditionShape))),
  totals: filled(null, optional(totalsShape)),
})

const conditionsChangedShape = record({
  message: where('a string or null', (value) => typeof value === 'string' || value === null),
  changes: filled(emptyObject, changesShape),
  timestamp: text,
})

/** Turns an event's own payload into its type, or throws. What it is given is plain, bounded JSON, and its own. */
export type Decode<Payload> = (payload: Record<string, unknown>) => Payload

/** Decodes an event of your own that brings no decoder: any JSON object passes as it is. */
export const decodeAnything: Decode<Record<string, unknown>> = (payload) => payload

/**
 * Decodes the guide's own event. Unknown keys stay; PHP's empty `[]` for `changes` counts as `{}`, and a number in a
 * string as that number. A condition whose `item_id` is a number beyond 2^53 is left out: nobody knows which item it is.
 * @throws {CartEchoError} `invalid-payload`, with path, expected and actual.
 */
export const decodeConditionsChanged: Decode<CartConditionsChanged> = (payload) => {
  insist(conditionsChangedShape(payload))
  return payload as unknown as CartConditionsChanged
}

/**
 * Decodes a copy of a broadcast: bounds first, then the `cart_echo` block, then the event's own payload. What came stays
 * as it came, for the shopper's other tabs and for the page's own Echo. What is made of it is frozen, as deep as it is
 * plain, for all listeners are handed the same.
 * @throws {CartEchoError} `invalid-payload`; whatever the event's own decoder throws is its `cause`.
 */
export const decodeBroadcast = (event: string, said: unknown, decode: Decode<unknown>): Decoded => {
  try {
    insist(outOfBounds(said))
    const payload = copyOf(isEmptyArray(said) ? {} : said) as Record<string, unknown>
    insist(broadcastShape(payload))
    const block = (own(payload, 'cart_echo') ?? {}) as Record<string, unknown>
    // Own properties only: a page may have put an `id` on Object.prototype.
    const given = <Key extends keyof CartEchoBlock>(key: Key) => own(block, key) as CartEchoBlock[Key]
    const [epoch, seq, id] = [given('epoch'), given('seq'), given('id')]
    // Looked for before the decoder, which may modify the payload.
    const problem = unsafeItem(payload)
    return {
      event,
      payload,
      position: epoch != null && seq != null ? { epoch, seq } : null,
      id: id == null ? null : String(id),
      instance: given('instance') ?? 'default',
      spreadMs: given('spread_ms') ?? undefined,
      change: frozen(decode(payload)),
      problem,
    }
  } catch (cause) {
    const words = cause instanceof CartEchoError ? cause.report : undefined
    const message = `${event} skipped: ${wordsOf(cause)}`
    throw new CartEchoError('invalid-payload', message, { cause, report: words })
  }
}

const unsafeItem = (payload: Record<string, unknown>): CartEchoError | null => {
  const changes = own(payload, 'changes')
  const conditions = isRecord(changes) ? own(changes, 'conditions') : null
  const index = Array.isArray(conditions) ? conditions.findIndex(isOfUnsafeItem) : -1
  if (index < 0) return null
  const actual = (conditions as readonly Record<string, unknown>[])[index]?.item_id
  return invalidPayload({ path: ['changes', 'conditions', index, 'item_id'], expected: AS_A_STRING, actual })
}

const insist = (wrong: Misfit | null): void => {
  if (wrong) throw invalidPayload(wrong)
}

const invalidPayload = (wrong: Misfit): CartEchoError => {
  const words = report(wrong)
  return new CartEchoError('invalid-payload', sentenceOf(words), { report: words })
}

/** Decodes the broadcasts of one event; `invalid-payload` for one that cannot be read. */
export type Decoder = (payload: unknown) => Decoded | CartEchoError

/** A decoder that decodes a payload once though it is asked twice: by the leader of the tabs, then by its page. */
export const createDecoder = (event: string, decode: Decode<unknown>): Decoder => {
  let last: { readonly payload: unknown; readonly result: Decoded | CartEchoError } | null = null
  const read = (payload: unknown): Decoded | CartEchoError => {
    try {
      return decodeBroadcast(event, payload, decode)
    } catch (error) {
      return error as CartEchoError
    }
  }
  return (payload) => {
    if (!last || last.payload !== payload) last = { payload, result: read(payload) }
    return last.result
  }
}

/** A copy of a broadcast, as it is kept for others; null for one that cannot be decoded. Never throws. */
export const keptOf = (events: ReadonlyMap<string, Decoder>, event: string, payload: unknown): LoggedEvent | null => {
  const decoded = events.get(event)?.(payload)
  return decoded instanceof CartEchoError ? null : { event, payload: decoded?.payload ?? copyOf(payload) }
}

/** Freezes plain objects and arrays, and what is in them; leaves what has a class of its own. Gives the same value. */
export const frozen = <Value>(value: Value, seen: Set<unknown> = new Set()): Value => {
  if (!isPlain(value) || seen.has(value)) return value
  seen.add(value)
  Object.freeze(value)
  for (const key of Object.keys(value)) frozen((value as Record<string, unknown>)[key], seen)
  return value
}

const isPlain = (value: unknown): value is object => {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  // The prototype of another frame's objects is another object.
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null
}

/** A copy of JSON. Not for what is cyclic. */
export const copyOf = <Value>(value: Value): Value => {
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = Array.isArray(value) ? ([] as unknown as Record<string, unknown>) : {}
  for (const key of Object.keys(value)) copy[key] = copyOf((value as Record<string, unknown>)[key])
  return copy as Value
}
