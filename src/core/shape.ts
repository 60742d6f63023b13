import type { PayloadReport } from './errors'

/** What is wrong with a value: where (outermost step first), what belongs there, what was there. */
export interface Misfit {
  readonly path: readonly (string | number)[]
  readonly expected: string
  readonly actual: unknown
}

/** Says what is wrong with a value, or null when it fits. Nothing is built for a value that fits. */
export type Shape = (value: unknown) => Misfit | null

/** The misfit of a value that is not what was expected. */
export const misfit = (expected: string, actual: unknown): Misfit => ({ path: [], expected, actual })

/** The same misfit, seen from one step further out. */
export const within = <Inner extends Misfit | null>(step: string | number, inner: Inner): Inner =>
  inner && { ...inner, path: [step, ...inner.path] }

/** True for objects that are neither null nor an array. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value's own property; nothing is ever read from its prototype. */
export const own = (value: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined

/** A shape from a test and the words for what it wants. */
export const where =
  (expected: string, test: (value: unknown) => boolean): Shape =>
  (value) =>
    test(value) ? null : misfit(expected, value)

/** The shape, or nothing there at all: PHP sends null for what it has not. */
export const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || value === null ? null : shape(value)

/** An object whose named fields fit. Unknown keys are left alone. */
export const record = (fields: Readonly<Record<string, Shape>>): Shape => {
  const entries = Object.entries(fields)
  return (value) => {
    if (!isRecord(value)) return misfit('an object', value)
    for (const [key, shape] of entries) {
      const wrong = shape(own(value, key))
      if (wrong) return within(key, wrong)
    }
    return null
  }
}

/** An array whose every item fits. */
export const list =
  (shape: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return misfit('an array', value)
    for (const [index, item] of value.entries()) {
      const wrong = shape(item)
      if (wrong) return within(index, wrong)
    }
    return null
  }

/** A misfit in words, for an error a person reads. */
export const report = ({ path, expected, actual }: Misfit): PayloadReport => ({
  path: path.reduce<string>(appendStep, ''),
  expected,
  actual: describe(actual),
})

/** A report as a sentence. */
export const sentenceOf = ({ path, expected, actual }: PayloadReport): string =>
  `${path || 'the payload'}: expected ${expected}, got ${actual}.`

const appendStep = (path: string, step: string | number): string => {
  if (typeof step === 'number') return `${path}[${step}]`
  return path === '' ? step : `${path}.${step}`
}

const describe = (value: unknown): string => {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'string')
    return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
