import { CartEchoServerError } from '../errors'
import { isObject } from '../http/call'
import { areHeaders, HEADERS_TAKE } from '../http/reply'
import { CUSTOMERS, type Customer, findCustomer } from '../shop/sessions'
import type { CallSpan } from './call-faults'
import type { EventSpan } from './event-faults'
import type { Fault, FaultKind, FaultOf, Span } from './fault'

/**
 * Reads a fault out of anything.
 * @throws {CartEchoServerError} `bad-fault`, with what is wrong and what is taken instead
 */
export const decodeFault = (value: unknown): Fault => {
  if (!isObject(value)) throw mistake('A fault is an object with a "kind".')
  if (!isFaultKind(value.kind)) throw mistake(unknownKind(value.kind))
  const fields = fieldsOf(value.kind)
  for (const name of Object.keys(value)) if (name !== 'kind') checkName(value.kind, fields, name)
  for (const [name, field] of Object.entries(fields)) checkValue(value.kind, name, field, value[name])
  // Every field was looked at one by one, which the compiler cannot follow.
  return { ...value } as unknown as Fault
}

/** True for the name of a kind of fault. */
export const isFaultKind = (kind: unknown): kind is FaultKind => KINDS.some((one) => one === kind)

/** Says that there is no such kind, and which there are. */
export const unknownKind = (kind: unknown): string =>
  `There is no fault ${shown(kind)}. There are: ${KINDS.join(', ')}.`

type Fields = Readonly<Record<string, Field<unknown>>>

const fieldsOf = (kind: FaultKind): Fields => SHAPES[kind]

const checkName = (kind: FaultKind, fields: Fields, name: string): void => {
  if (Object.hasOwn(fields, name)) return
  const known = Object.keys(fields).join(', ') || 'nothing'
  throw mistake(`"${kind}" does not take "${name}". It takes: ${known}.`)
}

const checkValue = (kind: FaultKind, name: string, field: Field<unknown>, value: unknown): void => {
  if (field.is(value)) return
  if (value === undefined) throw mistake(`"${kind}" needs "${name}": ${field.takes}.`)
  throw mistake(`"${name}" of "${kind}" takes ${field.takes}, not ${shown(value)}.`)
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? String(value)

const mistake = (message: string): CartEchoServerError => new CartEchoServerError('bad-fault', message)

/** One field of a fault: what it takes, in words, and whether a value is that. */
interface Field<T> {
  readonly takes: string
  is(value: unknown): value is T
}

const LONGEST_MS = 86_400_000

/** A whole number within bounds, both included. */
const whole = (from: number, to: number, what = 'a whole number'): Field<number> => ({
  takes: `${what} from ${from} to ${to}`,
  is: (value): value is number => Number.isInteger(value) && Number(value) >= from && Number(value) <= to,
})

/** A time, up to a day. */
const millis = (from = 0): Field<number> => whole(from, LONGEST_MS, 'milliseconds')

/** A difference of time, up to a year either way. */
const anyMillis: Field<number> = whole(-365 * LONGEST_MS, 365 * LONGEST_MS, 'milliseconds')

/** How often: from once to a million times. */
const count: Field<number> = whole(1, 1_000_000)

/** One of some words or numbers. */
const oneOf = <const T extends readonly (string | number)[]>(...words: T): Field<T[number]> => ({
  takes: words.join(' or '),
  is: (value): value is T[number] => words.some((word) => word === value),
})

/** A text that is not empty. */
const filled: Field<string> = {
  takes: 'a text',
  is: (value): value is string => typeof value === 'string' && value !== '',
}

/** An address or a path, as it can stand in a header. */
const address: Field<string> = {
  takes: 'an address or a path',
  is: (value): value is string => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value),
}

/** True or false. */
const flag: Field<boolean> = {
  takes: 'true or false',
  is: (value): value is boolean => typeof value === 'boolean',
}

/** A text, or what goes out as JSON. */
const body: Field<string | readonly unknown[] | { readonly [name: string]: unknown }> = {
  takes: 'a text, an object or an array',
  is: (value): value is string | readonly unknown[] | { readonly [name: string]: unknown } =>
    typeof value === 'string' || Array.isArray(value) || isObject(value),
}

/** Headers that can be sent, by name. */
const headers: Field<{ readonly [name: string]: string }> = { takes: HEADERS_TAKE, is: areHeaders }

/** Either of two fields. */
const either = <A, B>(one: Field<A>, other: Field<B>): Field<A | B> => ({
  takes: `${one.takes} or ${other.takes}`,
  is: (value): value is A | B => one.is(value) || other.is(value),
})

/** An object with one named field and no other. */
const only = <N extends string, T>(name: N, field: Field<T>): Field<{ readonly [K in N]: T }> => ({
  takes: `{ "${name}": ${field.takes} }`,
  is: (value): value is { readonly [K in N]: T } =>
    isObject(value) && Object.keys(value).length === 1 && field.is(value[name]),
})

/** A field that may be left out. */
const optional = <T>(field: Field<T>): Field<T | undefined> => ({
  takes: field.takes,
  is: (value): value is T | undefined => value === undefined || field.is(value),
})

/** The fields of a fault beside its kind. */
type Shape<F> = { readonly [N in Exclude<keyof F, 'kind'>]-?: Field<F[N]> }

const customer: Field<string | number> = {
  takes: `the id of a customer: ${CUSTOMERS.map(({ id }: Customer) => id).join(', ')}`,
  is: (value): value is string | number =>
    (typeof value === 'string' || typeof value === 'number') && findCustomer(value) !== null,
}

const span: Shape<Span> = { times: optional(count), forMs: optional(millis(1)) }
const eventSpan: Shape<EventSpan> = { ...span, event: optional(filled), customer: optional(customer) }
const callSpan: Shape<CallSpan> = { ...span, customer: optional(customer) }

const target = oneOf('auth', 'check', 'cart', 'shop')
const what = oneOf('everything', 'sockets')
const which = either(oneOf('next'), either(only('nth', count), only('every', count)))
const code = whole(1, 9_999)

/** Every kind of fault, and what its fields take. */
export const SHAPES: { readonly [K in FaultKind]: Shape<FaultOf<K>> } = {
  kill: {},
  refuse: { ...span, what: optional(what) },
  silence: { ...span, sockets: optional(oneOf('open', 'all')) },
  delay: { ...span, ms: millis(), jitterMs: optional(millis()), frames: optional(oneOf('all', 'events')) },
  error: {
    ...span,
    code,
    message: filled,
    at: optional(oneOf('now', 'connect')),
    end: optional(oneOf('stay', 'drop', 'close')),
    closeCode: optional(either(oneOf(1000, 1009, 1011), whole(3_000, 4_999))),
  },
  'reject-signatures': { ...span, customer: optional(customer) },
  drop: {
    ...eventSpan,
    which: optional(either(which, oneOf('last'))),
    noticed: optional(flag),
    quietMs: optional(millis(1)),
  },
  duplicate: { ...eventSpan, which: optional(which), copies: optional(whole(2, 100)) },
  reorder: { ...eventSpan, which: optional(which), after: optional(count) },
  answer: { ...callSpan, on: target, status: whole(200, 599), body: optional(body), headers: optional(headers) },
  hang: { ...callSpan, on: target },
  late: { ...callSpan, on: target, ms: millis(), jitterMs: optional(millis()) },
  slow: { ...callSpan, on: target, bytes: count, everyMs: millis(1) },
  redirect: { ...callSpan, on: target, to: optional(address), status: optional(oneOf(301, 302, 303, 307, 308)) },
  maintenance: {
    ...callSpan,
    on: optional(target),
    retryAfterS: optional(whole(0, 1_000_000)),
    retryAs: optional(oneOf('seconds', 'date')),
  },
  challenge: { ...callSpan, on: optional(target), status: optional(oneOf(403, 503)) },
  'lose-session': { customer },
  'swap-session': { customer, to: customer },
  prune: { customer: optional(customer), keep: optional(whole(0, 1_000_000)) },
  'new-epoch': { customer: optional(customer) },
  backup: {},
  restore: {},
  lag: {
    ...span,
    entries: optional(whole(0, 1_000_000)),
    ms: optional(millis()),
    says: optional(oneOf('cursor', 'reset')),
  },
  policy: {
    ...span,
    enabled: optional(flag),
    pollMs: optional(millis()),
    auditMs: optional(millis()),
    resetSpreadMs: optional(millis()),
  },
  skew: { ...span, ms: anyMillis },
  restart: { downMs: optional(millis()), keep: optional(oneOf('memory', 'nothing')), what: optional(what) },
}

const KINDS = Object.keys(SHAPES)
