import type { PayloadReport } from './errors'

/** What it gives; undefined where it throws. */
export const attempt = <Value>(run: () => Value): Value | undefined => {
  try {
    return run()
  } catch {
    return undefined
  }
}

/** What is wrong with a value: where (outermost step first), what belongs there, what was there. */
export interface Misfit {
  readonly path: readonly (string | number)[]
  readonly expected: string
  readonly actual: unknown
}

/**
 * Says what is wrong with a value, or null when it fits. Nothing is built for a value that fits. `holder` has it under
 * `key`: there a shape that reads puts what it has read.
 */
export type Shape = (value: unknown, holder?: Record<string, unknown>, key?: string) => Misfit | null

/** The misfit of a value that is not what was expected. */
export const misfit = (expected: string, actual: unknown): Misfit => ({ path: [], expected, actual })

/** The same misfit, seen from one step further out. */
export const within = <Inner extends Misfit | null>(step: string | number, inner: Inner): Inner =>
  inner && { ...inner, path: [step, ...inner.path] }

/** True for objects that are neither null nor an array. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The types of what JSON cannot hold at all. */
export const NOT_JSON: readonly string[] = ['function', 'bigint', 'symbol']

/** A value's own property; nothing is ever read from its prototype. */
export const own = (value: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined

/** The same own fields, and nothing from a prototype: pages put a `host`, a `reset` or a `signal` on `Object.prototype`. Of nothing, none. */
export const ownOnly = <Fields extends object>(fields: Fields): Fields => Object.assign(Object.create(null), fields)

/** True for what has a property of its own by that name: `in` finds those of `Object.prototype`, too. */
export const hasOwn = <Value extends object, Key extends string>(
  value: Value,
  key: Key,
): value is Extract<Value, { readonly [Name in Key]: unknown }> => Object.hasOwn(value, key)

// What makes shapes is marked, so that a bundle without them drops what they were made of.

/** A shape from a test and the words for what it wants. */
export const where =
  /* @__NO_SIDE_EFFECTS__ */
    (expected: string, test: (value: unknown) => boolean): Shape =>
    (value) =>
      test(value) ? null : misfit(expected, value)

/** The shape, or nothing there at all: PHP sends null for what it has not. */
export const optional =
  /* @__NO_SIDE_EFFECTS__ */
    (shape: Shape): Shape =>
    (value) =>
      value === undefined || value === null ? null : shape(value)

/** The same, but for the one empty array that PHP has for lists and objects: it is nothing there. */
export const whenFilled =
  /* @__NO_SIDE_EFFECTS__ */
    (shape: Shape): Shape =>
    (value) =>
      isEmptyArray(value) ? null : optional(shape)(value)

/** True for PHP's empty array, which may stand for an object without keys. */
export const isEmptyArray = (value: unknown): boolean => Array.isArray(value) && value.length === 0

/** A string. */
export const text: Shape = where('a string', (value) => typeof value === 'string')

/** A number, also one in a string, as PHP's `env()`, `config()` and databases give it; undefined for anything else. */
export const readNumber = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

const YES: readonly unknown[] = [true, 1, '1', 'true']
const NO: readonly unknown[] = [false, 0, '0', 'false', '']

/** True or false, also as 1 or 0, or in a string, or as PHP prints false, as nothing; undefined for anything else. */
export const readFlag = (value: unknown): boolean | undefined =>
  YES.includes(value) || (NO.includes(value) ? false : undefined)

/** A boolean, as `readFlag` reads it. */
export const flag: Shape = where('true or false', (value) => readFlag(value) !== undefined)

/** How long something lasts, as `readNumber` reads it. */
export const duration: Shape = where('milliseconds, 0 or more', (value) => (readNumber(value) ?? -1) >= 0)

/** The shape of what `read` makes of a field, which takes its place. */
export const reading =
  /* @__NO_SIDE_EFFECTS__ */
    (read: (value: unknown) => unknown, shape: Shape): Shape =>
    (value, holder = {}, key = '') => {
      const said = read(value)
      if (said !== value) holder[key] = said
      return shape(said)
    }

/** An object whose named fields fit. Unknown keys are left alone. */
export const record = /* @__NO_SIDE_EFFECTS__ */ (fields: Readonly<Record<string, Shape>>): Shape => {
  const all = Object.entries(fields)
  return (value) => {
    if (!isRecord(value)) return misfit('an object', value)
    for (const [key, shape] of all) {
      const wrong = shape(own(value, key), value, key)
      if (wrong) return within(key, wrong)
    }
    return null
  }
}

/** An array whose every item fits. */
export const list =
  /* @__NO_SIDE_EFFECTS__ */
    (shape: Shape): Shape =>
    (value) => {
      if (!Array.isArray(value)) return misfit('an array', value)
      // By index: old libraries put something else in the place of an array's `entries` (Prototype 1.7).
      for (let index = 0; index < value.length; index += 1) {
        const wrong = shape(value[index])
        if (wrong) return within(index, wrong)
      }
      return null
    }

/** A misfit in words, for an error a person reads. */
export const report = ({ path, expected, actual }: Misfit): PayloadReport => ({
  path: path.map(stepInWords).join(''),
  expected,
  actual: attempt(() => inWords(actual)) ?? 'something without words',
})

/** A report as a sentence. */
export const sentenceOf = ({ path, expected, actual }: PayloadReport): string =>
  `${path || 'the payload'}: expected ${expected}, got ${actual}.`

const stepInWords = (step: string | number, index: number): string => {
  if (typeof step === 'number') return `[${step}]`
  return index === 0 ? step : `.${step}`
}

const inWords = (value: unknown): string => {
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'string' && value.length > 60) return `a string of ${value.length} characters`
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'object' && value !== null) return 'an object'
  return NOT_JSON.includes(typeof value) ? `a ${typeof value}` : String(value)
}
