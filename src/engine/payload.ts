import { type Cursor, formatCursor } from './cursor'
import { CartEchoError, wordsOf } from './errors'
import type { CartConditionsChanged, CartEchoBlock } from './events'
import {
  attempt,
  duration,
  isEmptyArray,
  isRecord,
  list,
  type Misfit,
  NOT_JSON,
  optional,
  own,
  ownOnly,
  reading,
  readNumber,
  record,
  report,
  type Shape,
  sentenceOf,
  text,
  where,
} from './shape'

const DEEPEST = 16
const MOST_VALUES = 10_000
const MOST_CHARACTERS = 256_000

/**
 * A copy of a payload, unless that is too hostile to look at: deeper than 16 levels, more than 10,000 values, more than
 * 256,000 characters, a key named `__proto__`, or what JSON cannot hold. Reverb refuses publishes over 10,000 bytes, so a
 * real broadcast is far below. Stops at the first excess, so that a huge payload costs little.
 * @throws {CartEchoError} `invalid-payload`.
 */
export const boundedCopy = (payload: unknown): unknown => {
  const path: (string | number)[] = []
  let values = 0
  let characters = 0

  const refuse = (expected: string, actual: unknown): never => {
    throw invalidPayload({ path, expected, actual })
  }

  const copy = (value: unknown): unknown => {
    values += 1
    if (typeof value === 'string') characters += value.length
    if (values > MOST_VALUES) refuse(`at most ${MOST_VALUES} values`, value)
    if (characters > MOST_CHARACTERS) refuse(`at most ${MOST_CHARACTERS} characters`, value)
    if (NOT_JSON.includes(typeof value)) refuse('plain JSON', value)
    if (typeof value !== 'object' || value === null) return value
    if (path.length === DEEPEST) refuse(`at most ${DEEPEST} levels`, value)
    // A listener that copies the payload key by key would set the prototype of its copy.
    if (Object.hasOwn(value, '__proto__')) refuse('no key named __proto__', value)
    return Array.isArray(value) ? copyList(value) : copyRecord(value as Record<string, unknown>)
  }

  // `Object.entries` would read a million items before the limit could stop it.
  const copyList = (list: readonly unknown[]): unknown => {
    const copied: unknown[] = []
    for (let index = 0; index < list.length; index += 1) {
      path.push(index)
      copied.push(copy(list[index]))
      path.pop()
    }
    return copied
  }

  const copyRecord = (record: Record<string, unknown>): unknown => {
    const copied: Record<string, unknown> = {}
    for (const key in record) {
      if (!Object.hasOwn(record, key)) continue
      characters += key.length
      path.push(key)
      copied[key] = copy(record[key])
      path.pop()
    }
    return copied
  }

  return copy(payload)
}

/** A broadcast, read. */
export interface Decoded {
  readonly event: string
  /** What the event's own decoder made of the payload. */
  readonly change: unknown
  /** Tells it from others: `epoch:seq` where it has a place. */
  readonly key: string
  /** Its place in the owner's log; null where the server keeps none. */
  readonly position: Cursor | null
  /** What it says, where that may be what a check without a log says: it has no place, and a message. Else null. */
  readonly words: Words | null
  readonly instance: string
  readonly spreadMs: number | undefined
  /** What was left out of it, and why; null for nothing. */
  readonly problem: CartEchoError | null
}

/** A message, null for none, and the changes as text. */
export interface Words {
  readonly message: string | null
  readonly changes: string
}

const CONTENT = 'content:'

/** True for the key of mere content: the same key may be other news by right. */
export const mayComeAgain = (key: string): boolean => key.startsWith(CONTENT)

/**
 * The key of what has no place: made of event, instance and `id`, else of event and content. Keys are sorted;
 * `timestamp`, `spread_ms`, `locale` and `sent_at_ms` are no content.
 */
const placelessKey = (
  event: string,
  instance: string,
  payload: Record<string, unknown>,
  block: CartEchoBlock,
): string => {
  // One order may be the `id` of a change of the cart, of the stock and of the wishlist.
  if (block.id != null) return `id:${JSON.stringify([event, instance, String(block.id)])}`
  const { timestamp, ...content } = payload
  const { spread_ms, locale, sent_at_ms, ...cart_echo } = block
  const words = `${event} ${sorted({ ...content, cart_echo })}`
  // Two hashes of 32 bits are plenty to tell a minute's worth of broadcasts apart.
  return CONTENT + fnv1a(words, 0x811c9dc5) + fnv1a(words, 0x1000193)
}

/** The same text for the same JSON, in whatever order its keys are. */
export const sorted = (json: unknown): string => JSON.stringify(json, sortKeys) ?? ''

const sortKeys = (_key: string, value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value

const fnv1a = (text: string, seed: number): string => {
  let hash = seed
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

const isText = (value: unknown): value is string => typeof value === 'string'
// JavaScript rounds such numbers, so two ids may become the same.
const isUnsafe = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)
const id = where('a string, or an integer below 2^53', (value) => isText(value) || Number.isSafeInteger(value))
const integer = where('an integer', Number.isSafeInteger)
const positive = where('an integer above 0', (value) => Number.isSafeInteger(value) && Number(value) > 0)
const amount = where('a string or a number', (value) => isText(value) || Number.isFinite(value))
const epoch = where('1 to 32 of A-Z a-z 0-9 _ -', (value) => isText(value) && /^[\w-]{1,32}$/.test(value))

/** A number also in a string; an empty one, as a template or `env()` prints it, is nothing. */
const number = /* @__NO_SIDE_EFFECTS__ */ (shape: Shape): Shape =>
  reading((said) => (said === '' ? null : (readNumber(said) ?? said)), shape)

/** PHP's empty array, where an object belongs. */
const filled = /* @__NO_SIDE_EFFECTS__ */ (empty: unknown, shape: Shape): Shape =>
  reading((said) => (isEmptyArray(said) ? empty : said), shape)

const emptyObject = Object.freeze({})

const blockShape = record({
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

const changesShape = record({
  condition_removed: optional(text),
  new_subtotal: optional(text),
  new_total: optional(text),
  savings: optional(text),
  conditions: optional(list(conditionShape)),
  totals: filled(null, optional(totalsShape)),
})

const isMessage = (value: unknown): value is string | null => isText(value) || value === null

const conditionsChangedShape = record({
  message: where('a string or null', isMessage),
  changes: filled(emptyObject, changesShape),
  timestamp: text,
})

/**
 * Turns an event's own payload into its type, or throws. What it is given is plain, bounded JSON, and its own. `leaveOut`
 * notes what it leaves out.
 */
export type Decode<Payload> = (payload: Record<string, unknown>, leaveOut?: (what: Misfit) => void) => Payload

/** Decodes an event of your own that brings no decoder: any JSON object passes as it is. */
export const decodeAnything: Decode<Record<string, unknown>> = (payload) => payload

/**
 * Decodes the guide's own event. Unknown keys stay; PHP's empty `[]` for `changes` counts as `{}`, and a number in a
 * string as that number. A condition whose `item_id` is a number beyond 2^53 is left out: nobody knows which item it is.
 * @throws {CartEchoError} `invalid-payload`, with path, expected and actual.
 */
export const decodeConditionsChanged: Decode<CartConditionsChanged> = (payload, leaveOut) => {
  const changes = own(payload, 'changes')
  const conditions = isRecord(changes) && own(changes, 'conditions')
  if (Array.isArray(conditions))
    Object.assign(changes as object, {
      conditions: conditions.filter((condition, index) => {
        const wrong = isRecord(condition) && isUnsafe(own(condition, 'item_id')) && conditionShape(condition)
        if (wrong) leaveOut?.({ ...wrong, path: ['changes', 'conditions', index, ...wrong.path] })
        return !wrong
      }),
    })
  insist(conditionsChangedShape(payload))
  return payload as unknown as CartConditionsChanged
}

/** Decodes the broadcasts of one event; `invalid-payload` for one that cannot be read. Never throws. */
export type Decoder = (payload: unknown) => Decoded | CartEchoError

/**
 * A decoder of one event. It decodes a copy: bounds first, then the `cart_echo` block, then the event's own payload. What
 * came stays as it came, for the shopper's other tabs and for the page's own Echo. What is made of it is frozen, as deep
 * as it is plain, for all listeners are handed the same. A payload is decoded once though it is asked twice: by the leader
 * of the tabs, then by its page. Whatever the event's own decoder throws is the error's `cause`.
 */
export const createDecoder = (event: string, decode: Decode<unknown>): Decoder => {
  let last: { readonly payload: unknown; readonly decoded: Decoded | CartEchoError } | null = null

  const read = (said: unknown): Decoded => {
    const payload = boundedCopy(isEmptyArray(said) ? {} : said) as Record<string, unknown>
    insist(broadcastShape(payload))
    // Own properties only: a page may have put an `id` on Object.prototype.
    const { message, changes, cart_echo } = ownOnly(payload)
    const block: CartEchoBlock = ownOnly(cart_echo ?? {})
    const { epoch, seq, spread_ms } = block
    const instance = block.instance ?? 'default'
    if ((epoch == null) !== (seq == null))
      insist({
        path: ['cart_echo', epoch == null ? 'epoch' : 'seq'],
        expected: 'epoch and seq together',
        actual: undefined,
      })
    const position = epoch != null && seq != null ? { epoch, seq } : null
    let problem: CartEchoError | null = null
    const leaveOut = (what: Misfit): void => {
      problem ??= invalidPayload(what)
    }
    return {
      event,
      position,
      instance,
      spreadMs: spread_ms ?? undefined,
      // Looked at before the decoder, which may modify the payload.
      key: position ? formatCursor(position) : placelessKey(event, instance, payload, block),
      words: !position && isMessage(message) ? { message, changes: sorted(changes) } : null,
      change: frozen(decode(payload, leaveOut)),
      problem,
    }
  }

  const tryToRead = (payload: unknown): Decoded | CartEchoError => {
    try {
      return read(payload)
    } catch (cause) {
      const words = cause instanceof CartEchoError ? cause.report : undefined
      return new CartEchoError('invalid-payload', `${event} skipped: ${wordsOf(cause)}`, { cause, report: words })
    }
  }

  return (payload) => {
    if (!last || last.payload !== payload) last = { payload, decoded: tryToRead(payload) }
    return last.decoded
  }
}

const insist = (wrong: Misfit | null): void => {
  if (wrong) throw invalidPayload(wrong)
}

const invalidPayload = (wrong: Misfit): CartEchoError => {
  const words = report(wrong)
  return new CartEchoError('invalid-payload', sentenceOf(words), { report: words })
}

/** A broadcast to keep for other tabs, a copy: tools are handed the original. Null for one that cannot be decoded. Never throws. */
export const toKeep = (events: ReadonlyMap<string, Decoder>, event: string, payload: unknown) =>
  events.get(event)?.(payload) instanceof CartEchoError
    ? null
    : (attempt(() => ({ event, payload: boundedCopy(payload) })) ?? null)

/** Freezes plain objects and arrays, and what is in them; leaves what has a class of its own. Gives the same value. */
export const frozen = <Value>(value: Value, seen: Set<unknown> = new Set()): Value => {
  if (typeof value !== 'object' || value === null || seen.has(value)) return value
  const prototype = Object.getPrototypeOf(value)
  // The prototype of another frame's objects is another object.
  const isPlain = Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null
  if (!isPlain) return value
  seen.add(value)
  Object.freeze(value)
  for (const key of Object.keys(value)) frozen((value as Record<string, unknown>)[key], seen)
  return value
}
