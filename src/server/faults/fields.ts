import { isObject } from '../http/fields'
import { areHeaders, HEADERS_TAKE } from '../http/reply'

/** One field of a fault: what it takes, in words, and whether a value is that. */
export interface Field<T> {
  readonly takes: string
  is(value: unknown): value is T
}

const LONGEST_MS = 86_400_000

/** A whole number within bounds, both included. */
export const whole = (from: number, to: number, what = 'a whole number'): Field<number> => ({
  takes: `${what} from ${from} to ${to}`,
  is: (value): value is number => Number.isInteger(value) && Number(value) >= from && Number(value) <= to,
})

/** A time, up to a day. */
export const millis = (from = 0): Field<number> => whole(from, LONGEST_MS, 'milliseconds')

/** A difference of time, up to a year either way. */
export const anyMillis: Field<number> = whole(-365 * LONGEST_MS, 365 * LONGEST_MS, 'milliseconds')

/** How often: from once to a million times. */
export const count: Field<number> = whole(1, 1_000_000)

/** One of some words or numbers. */
export const oneOf = <const T extends readonly (string | number)[]>(...words: T): Field<T[number]> => ({
  takes: words.join(' or '),
  is: (value): value is T[number] => words.some((word) => word === value),
})

/** A text that is not empty. */
export const filled: Field<string> = {
  takes: 'a text',
  is: (value): value is string => typeof value === 'string' && value !== '',
}

/** An address or a path, as it can stand in a header. */
export const address: Field<string> = {
  takes: 'an address or a path',
  is: (value): value is string => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value),
}

/** True or false. */
export const flag: Field<boolean> = {
  takes: 'true or false',
  is: (value): value is boolean => typeof value === 'boolean',
}

/** A text, or what goes out as JSON. */
export const body: Field<string | readonly unknown[] | { readonly [name: string]: unknown }> = {
  takes: 'a text, an object or an array',
  is: (value): value is string | readonly unknown[] | { readonly [name: string]: unknown } =>
    typeof value === 'string' || Array.isArray(value) || isObject(value),
}

/** Headers that can be sent, by name. */
export const headers: Field<{ readonly [name: string]: string }> = { takes: HEADERS_TAKE, is: areHeaders }

/** Either of two fields. */
export const either = <A, B>(one: Field<A>, other: Field<B>): Field<A | B> => ({
  takes: `${one.takes} or ${other.takes}`,
  is: (value): value is A | B => one.is(value) || other.is(value),
})

/** An object with one named field and no other. */
export const only = <N extends string, T>(name: N, field: Field<T>): Field<{ readonly [K in N]: T }> => ({
  takes: `{ "${name}": ${field.takes} }`,
  is: (value): value is { readonly [K in N]: T } =>
    isObject(value) && Object.keys(value).length === 1 && field.is(value[name]),
})

/** A field that may be left out. */
export const optional = <T>(field: Field<T>): Field<T | undefined> => ({
  takes: field.takes,
  is: (value): value is T | undefined => value === undefined || field.is(value),
})
