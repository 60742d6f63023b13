import { unfit } from '../engine/errors'
import { attempt, isRecord } from '../engine/shape'

/**
 * A number of milliseconds, 0 or more, however many.
 * @throws {CartEchoError} `invalid-options` for anything else. A test that said NaN would stand on a clock that shows nothing.
 */
export const insistOnMs = (name: string, said: unknown): number => {
  if (typeof said === 'number' && Number.isFinite(said) && said >= 0) return said
  throw unfit('invalid-options', name, 'milliseconds, 0 or more', said)
}

/**
 * One of the names of a table.
 * @throws {CartEchoError} `invalid-options` for anything else, such as a name that was mistyped; it says which there are.
 */
export const insistOnOneOf = <Name extends string>(
  name: string,
  table: Readonly<Record<Name, unknown>>,
  said: unknown,
): Name => {
  if (typeof said === 'string' && Object.hasOwn(table, said)) return said as Name
  throw unfit('invalid-options', name, `one of ${Object.keys(table).join(', ')}`, said)
}

/**
 * An object with no other keys than these, each read by its reader: what that says is expected, if the value is not that.
 * @throws {CartEchoError} `invalid-options` for anything else.
 */
export const insistOnFields = (
  name: string,
  readers: Readonly<Record<string, (value: unknown) => string | null>>,
  said: unknown,
): void => {
  if (!isRecord(said)) throw unfit('invalid-options', name, `an object of ${Object.keys(readers).join(', ')}`, said)
  for (const [key, value] of Object.entries(said)) {
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined
    if (!reader) throw unfit('invalid-options', `${name}.${key}`, `one of ${Object.keys(readers).join(', ')}`, value)
    const expected = value === undefined ? null : reader(value)
    if (expected !== null) throw unfit('invalid-options', `${name}.${key}`, expected, value)
  }
}

/**
 * A function, or nothing.
 * @throws {CartEchoError} `invalid-options` for anything else.
 */
export const insistOnFunction = (name: string, said: unknown): void => {
  if (said !== undefined && typeof said !== 'function') throw unfit('invalid-options', name, 'a function', said)
}

/** What is expected of what JSON can hold, or null where it can. */
export const unlessJson = (value: unknown): string | null =>
  attempt(() => JSON.stringify(value)) === undefined ? 'what JSON can hold' : null
