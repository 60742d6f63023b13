import { CartEchoServerError } from '../errors'
import { isObject } from '../http/fields'
import type { Fault, FaultKind } from './fault'
import type { Field } from './fields'
import { SHAPES } from './shapes'

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

const KINDS = Object.keys(SHAPES)

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
