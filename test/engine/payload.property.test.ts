import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { decodeAnything, decodeConditionsChanged } from '../../src/engine/payload'
import { decodeBroadcast } from '../support/payloads'

const EVENT = 'cart.conditions.changed'

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
})

/** A value for one of the payload's own keys: right, nearly right, or anything. */
const field = fc.oneof(anything, fc.string(), fc.constant(null), fc.constant([]), fc.integer())
const nearly = fc.record(
  {
    message: fc.oneof(fc.string(), field),
    timestamp: fc.oneof(fc.string(), field),
    changes: fc.oneof(fc.record({ conditions: field, totals: field, savings: field }, { requiredKeys: [] }), field),
    cart_echo: fc.oneof(
      fc.record({ epoch: field, seq: field, id: field, spread_ms: field }, { requiredKeys: [] }),
      field,
    ),
  },
  { requiredKeys: [] },
)

const text = fc.string()
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: null })
const unknownKeys = fc.dictionary(
  fc.string().map((key) => `x_${key}`),
  fc.jsonValue({ maxDepth: 3 }),
  { maxKeys: 4 },
)
const mixed = <Value extends object>(fields: fc.Arbitrary<Value>) =>
  fc.tuple(unknownKeys, fields).map(([more, known]) => ({ ...more, ...known }))

const condition = mixed(
  fc.record(
    {
      action: text,
      display_name: text,
      type: maybe(text),
      value: maybe(fc.oneof(text, fc.integer())),
      item_id: maybe(text),
    },
    { requiredKeys: ['action', 'display_name'] },
  ),
)
const block = mixed(
  fc.oneof(
    fc.record({ epoch: fc.stringMatching(/^[\w-]{1,32}$/), seq: fc.integer({ min: 1 }), instance: maybe(text) }),
    fc.record({ id: fc.oneof(text, fc.integer()), spread_ms: maybe(fc.nat()) }, { requiredKeys: [] }),
  ),
)
const valid = mixed(
  fc.record(
    {
      message: maybe(text),
      timestamp: text,
      changes: mixed(
        fc.record(
          { new_total: maybe(text), conditions: maybe(fc.array(condition, { maxLength: 3 })) },
          { requiredKeys: [] },
        ),
      ),
      cart_echo: block,
    },
    { requiredKeys: ['message', 'timestamp', 'changes'] },
  ),
)

const fails = (payload: unknown, decode: (payload: Record<string, unknown>) => unknown): unknown => {
  try {
    expect(decodeBroadcast(EVENT, payload, decode).key).toEqual(expect.any(String))
    return null
  } catch (error) {
    return error
  }
}

// Refused at any depth, which has tests of its own.
const holdsNoProto = (payload: unknown): boolean => !JSON.stringify(payload).includes('"__proto__"')

describe('whatever arrives, decoding', () => {
  it.each([
    ["the guide's event", decodeConditionsChanged],
    ['an event of your own', decodeAnything],
  ])('of %s passes it or throws invalid-payload with a report, nothing else', (_what, decode) => {
    fc.assert(
      fc.property(fc.oneof(anything, nearly, fc.jsonValue()), (payload) => {
        const error = fails(payload, decode)
        if (error === null) return
        expect(error).toBeInstanceOf(CartEchoError)
        expect(error).toMatchObject({ code: 'invalid-payload', report: { path: expect.any(String) } })
      }),
      { numRuns: 1_000 },
    )
  })

  it('passes a valid payload untouched, with whatever unknown keys', () => {
    fc.assert(
      fc.property(valid.filter(holdsNoProto), (payload) => {
        const before = structuredClone(payload)
        expect(decodeBroadcast(EVENT, payload, decodeConditionsChanged).change).toEqual(payload)
        expect(payload).toEqual(before)
      }),
    )
  })
})
