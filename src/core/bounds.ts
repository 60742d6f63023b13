import { type Misfit, misfit, within } from './shape'

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
