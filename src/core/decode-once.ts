import type { Decode } from './decode'

/**
 * The same decoder, which runs once for each payload, whoever asks, and gives the same value, or throws the same, every time. It works on a copy:
 * what came stays as it came, for the shopper's other tabs and for the page's own listeners. What it gives is frozen, as deep as it is plain: a
 * listener that changes it would change it for all.
 */
export const decodeOnce = (decode: Decode<unknown>): Decode<unknown> => {
  const results = new WeakMap<object, () => unknown>()
  return (payload) => {
    const known = results.get(payload) ?? resultOf(() => frozen(decode(copyOf(payload))))
    results.set(payload, known)
    return known()
  }
}

/** Freezes plain objects and arrays, and what is in them; leaves what has a class of its own. Gives the same value. */
export const frozen = <Value>(value: Value, seen: Set<unknown> = new Set()): Value => {
  if (!isPlain(value) || seen.has(value)) return value
  seen.add(value)
  Object.freeze(value)
  for (const key of Object.keys(value)) frozen((value as Record<string, unknown>)[key], seen)
  return value
}

const resultOf = (run: () => unknown): (() => unknown) => {
  try {
    const value = run()
    return () => value
  } catch (thrown) {
    return () => {
      throw thrown
    }
  }
}

/** A copy of plain objects and arrays, and of what is in them; what has a class of its own stays the same. Not for what is cyclic. */
export const copyOf = <Value>(value: Value): Value => {
  if (!isPlain(value)) return value
  const entries = Object.keys(value).map((key) => [key, copyOf((value as Record<string, unknown>)[key])] as const)
  return (Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)) as Value
}

const isPlain = (value: unknown): value is object => {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  // Of another frame, too.
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null
}
