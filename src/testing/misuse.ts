import { unfit } from '../engine/errors'
import { attempt, isRecord } from '../engine/shape'

/**
 * A number of milliseconds, 0 or more.
 * @throws {CartEchoError} `invalid-options` for anything else. A test that said NaN would stand on a clock that shows nothing.
 */
export const insistOnMs = (name: string, said: unknown): number => {
  if (isAmount(said)) return said
  throw unfit('invalid-options', name, 'milliseconds, 0 or more', said)
}

/** True for a number from 0 up that is finite. */
export const isAmount = (said: unknown): said is number =>
  typeof said === 'number' && Number.isFinite(said) && said >= 0

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
export const insistOnFields = (name: string, readers: Readonly<Record<string, Wrong>>, said: unknown): void => {
  if (!isRecord(said)) throw unfit('invalid-options', name, `an object of ${Object.keys(readers).join(', ')}`, said)
  for (const [key, value] of Object.entries(said)) {
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined
    if (!reader) throw unfit('invalid-options', `${name}.${key}`, `one of ${Object.keys(readers).join(', ')}`, value)
    const expected = value === undefined ? null : reader(value)
    if (expected !== null) throw unfit('invalid-options', `${name}.${key}`, expected, value)
  }
}

/** What is expected of a value, or null where it is that. */
export type Wrong = (value: unknown) => string | null

/** Reads a value: `isFit` says whether it is what is expected. */
export const unless =
  <Value>(expected: string, isFit: (value: Value) => boolean): Wrong =>
  (value) =>
    isFit(value as Value) ? null : expected

/** Whatever it is, somebody else reads it. */
export const readElsewhere: Wrong = () => null

/** Reads what is true or false. */
export const unlessFlag = unless('true or false', (value) => typeof value === 'boolean')

/** Reads a function. */
export const unlessFunction = unless('a function', (value) => typeof value === 'function')

/** What is expected of what JSON can hold, or null where it can. */
export const unlessJson = (value: unknown): string | null =>
  attempt(() => JSON.stringify(value)) === undefined ? 'what JSON can hold' : null
