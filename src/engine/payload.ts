import { type Cursor, formatCursor } from './cursor'
import { CartEchoError, wordsOf } from './errors'
import type { CartConditionsChanged } from './events'
import {
  attempt,
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

interface Spent {
  values: number
  characters: number
}

const measure = (value: unknown, depth: number, spent: Spent): Misfit | null => {
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
  // Of a million keys `Object.entries` would read them all, at twice the price of parsing them.
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    spent.characters += key.length
    const wrong = measure((value as Record<string, unknown>)[key], depth + 1, spent)
    if (wrong) return within(key, wrong)
  }
  return null
}

/** What tells a broadcast from others, and for how long the same key means the same news: for ever, but for mere content, which may come again by right. */
export interface Identity {
  readonly key: string
  readonly lastsMs: number
}

const CONTENT_LASTS_MS = 60_000
const CONTENT = 'content:'

/**
 * Tells broadcasts apart: by `epoch:seq`, else by event, instance and `id`, else by event and content within 60 s. Keys are sorted; `timestamp`,
 * `spread_ms` and `locale` are no content.
 */
export const identityOf = (event: string, { payload, position, id, instance }: Decoded): Identity => {
  if (position) return { key: formatCursor(position), lastsMs: Number.POSITIVE_INFINITY }
  // One order may change the cart, its stock and the wishlist.
  if (id !== null) return { key: `id:${JSON.stringify([event, instance, id])}`, lastsMs: Number.POSITIVE_INFINITY }
  return { key: `${CONTENT}${digest(`${event} ${canonical(payload)}`)}`, lastsMs: CONTENT_LASTS_MS }
}

/** True for the key of mere content: the same key may be other news by right. */
export const mayComeAgain = (key: string): boolean => key.startsWith(CONTENT)

const canonical = ({ timestamp, cart_echo, ...content }: Record<string, unknown>): string => {
  const { spread_ms, locale, ...block } = Object(cart_echo)
  return sorted({ ...content, cart_echo: block })
}

/** The same text for the same JSON, in whatever order its keys are. */
export const sorted = (json: unknown): string => JSON.stringify(json, sortKeys) ?? ''

const sortKeys = (_key: string, value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).sort(byKey)) : value

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1)

// FNV-1a, twice with different seeds: 64 bits are plenty to tell a minute's worth of broadcasts apart.
const digest = (text: string): string => [0x811c9dc5, 0x1000193].map((seed) => fnv1a(text, seed)).join('')

const fnv1a = (text: string, seed: number): string => {
  let hash = seed
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/** A broadcast, read. */
export interface Decoded {
  /** What the event's own decoder made of the payload. */
  readonly change: unknown
  /** The payload as it came: what a decoder makes of it may be no JSON, or leave out what tells two apart. */
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

/** A number that is not there may be an empty string, as a template or `env()` prints it. */
const count =
  (shape: Shape): Shape =>
  (value) =>
    value === '' ? null : optional(shape)(value)

const blockFields = record({
  epoch: optional(epoch),
  seq: count(positive),
  id: optional(id),
  cart: optional(id),
  instance: optional(text),
  version: count(integer),
  code: optional(text),
  locale: optional(text),
  spread_ms: count(duration),
})

const blockShape: Shape = (value) => blockFields(value) ?? unpaired(value as Record<string, unknown>)

const unpaired = (block: Record<string, unknown>): Misfit | null => {
  const hasEpoch = typeof own(block, 'epoch') === 'string'
  if (hasEpoch === (readNumber(own(block, 'seq')) !== undefined)) return null
  return within(hasEpoch ? 'seq' : 'epoch', misfit('given, since epoch and seq come together', undefined))
}

/**
 * Decodes the guide's own event, in place. Unknown keys stay; PHP's empty `[]` for `changes` counts as `{}`, and a number in a string as that number. A
 * condition whose `item_id` is a number beyond 2^53 is left out: nobody can tell which item it is of.
 * @throws {CartEchoError} `invalid-payload`, with path, expected and actual.
 */
export const decodeConditionsChanged: Decode<CartConditionsChanged> = (payload) => {
  edit(payload, 'changes', changesOf)
  edit(payload, 'cart_echo', blockOf)
  insist(conditionsChangedShape(payload))
  return payload as unknown as CartConditionsChanged
}

const edit = (fields: unknown, key: string, read: (value: unknown) => unknown): void => {
  if (isRecord(fields) && Object.hasOwn(fields, key)) fields[key] = read(fields[key])
}

const changesOf = (changes: unknown): unknown => {
  if (isEmptyArray(changes)) return {}
  edit(changes, 'totals', totalsOf)
  edit(changes, 'conditions', ofKnownItems)
  return changes
}

const totalsOf = (totals: unknown): unknown => {
  if (isEmptyArray(totals)) return null
  for (const key of ['subtotal', 'total', 'savings', 'previous_total']) edit(totals, key, numberOf)
  return totals
}

const blockOf = (block: unknown): unknown => {
  if (isEmptyArray(block)) return {}
  for (const key of ['seq', 'version', 'spread_ms']) edit(block, key, numberOf)
  return block
}

const numberOf = (said: unknown): unknown => (said === '' ? null : (readNumber(said) ?? said))

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
    const said = own(fields, 'cart_echo') ?? noBlock
    const block = isEmptyArray(said) ? noBlock : (said as Record<string, unknown>)
    insist(within('cart_echo', blockShape(block)))
    const [place, seq, id] = [own(block, 'epoch'), readNumber(own(block, 'seq')), own(block, 'id')]
    return {
      change: decode(fields),
      payload: fields,
      position: typeof place === 'string' && seq !== undefined ? { epoch: place, seq } : null,
      id: id == null ? null : String(id),
      instance: (own(block, 'instance') as string | null | undefined) ?? 'default',
      spreadMs: readNumber(own(block, 'spread_ms')),
      problem: unsafeItem(fields),
    }
  } catch (error) {
    throw asInvalidPayload(event, error)
  }
}

const noBlock = Object.freeze({})

/**
 * Reads broadcasts of an event. It runs once for each payload, whoever asks, and gives the same, or throws the same, every time.
 * @throws {CartEchoError} `invalid-payload`.
 */
export type Decoder = (payload: unknown) => Decoded

/**
 * A decoder that works on a copy: what came stays as it came, for the shopper's other tabs and for the page's own listeners. What it gives is frozen, as deep as
 * it is plain: a listener that changes it would change it for all.
 */
export const createDecoder = (event: string, decode: Decode<unknown>): Decoder => {
  const results = new WeakMap<object, Decoded | CartEchoError>()
  const resultOf = (payload: unknown): Decoded | CartEchoError => {
    try {
      return decodeBroadcast(event, payload, (fields) => frozen(decode(copyOf(fields))))
    } catch (error) {
      return error as CartEchoError
    }
  }
  return (payload) => {
    const isObject = typeof payload === 'object' && payload !== null
    const result = (isObject && results.get(payload)) || resultOf(payload)
    if (isObject) results.set(payload, result)
    if (result instanceof CartEchoError) throw result
    return result
  }
}

/** True when a broadcast can be decoded, or is of an event that nobody listens to. Never throws. */
export const isReadable = (events: ReadonlyMap<string, Decoder>, event: string, payload: unknown): boolean => {
  const decoder = events.get(event)
  return !decoder || attempt(() => decoder(payload)) !== undefined
}

const unsafeItem = (payload: Record<string, unknown>): CartEchoError | null => {
  const changes = own(payload, 'changes')
  const conditions = isRecord(changes) ? own(changes, 'conditions') : null
  const index = Array.isArray(conditions) ? conditions.findIndex(isOfUnsafeItem) : -1
  if (index < 0) return null
  const itemId = (conditions as readonly Record<string, unknown>[])[index]?.item_id
  const path = ['changes', 'conditions', index, 'item_id']
  return invalidPayload({ path, expected: AS_A_STRING, actual: itemId })
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
  // Of another frame, too.
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null
}

/** A copy of JSON. Not for what is cyclic. */
export const copyOf = <Value>(value: Value): Value => {
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = Array.isArray(value) ? ([] as unknown as Record<string, unknown>) : {}
  for (const key of Object.keys(value)) copy[key] = copyOf((value as Record<string, unknown>)[key])
  return copy as Value
}
