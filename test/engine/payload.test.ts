import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { readListening } from '../../src/engine/events'
import { decodeAnything, decodeConditionsChanged, toKeep } from '../../src/engine/payload'
import { change, decodeBroadcast } from '../support/payloads'

const EVENT = 'cart.conditions.changed'

const decode = (payload: unknown) => decodeBroadcast(EVENT, payload, decodeConditionsChanged)

const failureOf = (run: () => unknown): CartEchoError => {
  try {
    run()
  } catch (error) {
    if (error instanceof CartEchoError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const withChanges = (changes: unknown) => ({ ...change(), changes })
const withBlock = (block: unknown) => ({ ...change(), cart_echo: block })
const withCondition = (fields: object) =>
  withChanges({
    conditions: [
      { action: 'removed', display_name: 'Raya Sale' },
      { action: 'a', display_name: 'b', ...fields },
    ],
  })
const withTotals = (fields: object) =>
  withChanges({ totals: { currency: 'MYR', subtotal: 1, total: 1, savings: 0, ...fields } })

describe('a broadcast', () => {
  it.each([
    ['as in the guide', { message: 'm', changes: {}, timestamp: 't' }],
    ['that says nothing', { message: null, changes: {}, timestamp: 't' }],
    [
      'with every optional field null',
      withChanges({
        condition_removed: null,
        new_subtotal: null,
        new_total: null,
        savings: null,
        conditions: null,
        totals: null,
      }),
    ],
    ['with every condition field null', withCondition({ type: null, value: null, item_id: null })],
    ['with a numeric value and item', withCondition({ type: 'fee', value: -10.5, item_id: 7 })],
    ['with totals', withTotals({ previous_total: 10_800 })],
    ['with totals without a previous one', withTotals({ previous_total: null })],
    [
      'with every block field null',
      withBlock({
        epoch: null,
        seq: null,
        id: null,
        cart: null,
        instance: null,
        version: null,
        code: null,
        locale: null,
        spread_ms: null,
      }),
    ],
    [
      'with a full block',
      withBlock({
        epoch: 'A_-9',
        seq: 1,
        id: 7,
        cart: 'c',
        instance: 'default',
        version: 17,
        code: 'x',
        locale: 'ms',
        spread_ms: 0.5,
      }),
    ],
    ['with a null block', withBlock(null)],
    [
      'with unknown keys everywhere',
      { ...withCondition({ colour: 'red' }), more: [1], cart_echo: { later: { deep: true } } },
    ],
  ])('%s passes as it came, and stays as it came', (_what, payload) => {
    const before = structuredClone(payload)
    expect(decode(payload).change).toEqual(before)
    expect(Object.isFrozen(payload)).toBe(false)
    expect(payload).toEqual(before)
  })

  it("gets {} for PHP's empty changes, on a copy", () => {
    const payload = { ...withChanges([]), more: 1 }
    expect(decode(payload).change).toEqual({ ...payload, changes: {} })
    expect(payload.changes).toEqual([])
  })

  it('hands over what its block says, with numbers also from strings, and what it says by nothing', () => {
    const said = (block: unknown) => {
      const { position, key, instance, spreadMs } = decode(withBlock(block))
      return [position, key.startsWith('content:') ? null : key, instance, spreadMs]
    }
    const seq = (value: unknown) => ({ epoch: 'b7f3', seq: value, spread_ms: '', instance: 'wishlist', later: 1 })
    for (const value of [18, '18']) {
      expect(said(seq(value))).toEqual([{ epoch: 'b7f3', seq: 18 }, 'b7f3:18', 'wishlist', undefined])
    }
    expect(said({ id: 7, spread_ms: '500' })).toEqual([
      null,
      'id:["cart.conditions.changed","default","7"]',
      'default',
      500,
    ])
    for (const none of [undefined, null, []]) expect(said(none)).toEqual([null, null, 'default', undefined])
  })

  it('is copied as plain data, whatever its values can do', () => {
    class Price {
      readonly cents = 1
      toJSON(): never {
        throw new Error('not in JSON')
      }
    }
    const decoded = decode({ ...change(), price: new Price() })
    expect(decoded.change).toEqual({ ...change(), price: { cents: 1 } })
    expect(decoded.key).toMatch(/^content:/)
  })
})

type Case = [payload: unknown, path: string, expected: string, actual: string]

const malformed: Case[] = [
  // The payload itself
  [undefined, '', 'an object', 'undefined'],
  [null, '', 'an object', 'null'],
  ['{"message":null}', '', 'an object', '"{\\"message\\":null}"'],
  [42, '', 'an object', '42'],
  [Number.NaN, '', 'an object', 'NaN'],
  [true, '', 'an object', 'true'],
  [[1], '', 'an object', 'an array of 1'],
  [[], 'message', 'a string or null', 'undefined'],
  [{}, 'message', 'a string or null', 'undefined'],
  // Its fields
  [{ ...change(), message: undefined }, 'message', 'a string or null', 'undefined'],
  [{ ...change(), message: 5 }, 'message', 'a string or null', '5'],
  [{ ...change(), message: {} }, 'message', 'a string or null', 'an object'],
  [{ message: 'm', timestamp: 't' }, 'changes', 'an object', 'undefined'],
  [withChanges(null), 'changes', 'an object', 'null'],
  [withChanges('[]'), 'changes', 'an object', '"[]"'],
  [withChanges([{}]), 'changes', 'an object', 'an array of 1'],
  [{ ...change(), timestamp: undefined }, 'timestamp', 'a string', 'undefined'],
  [{ ...change(), timestamp: null }, 'timestamp', 'a string', 'null'],
  [{ ...change(), timestamp: 1_700_000_000 }, 'timestamp', 'a string', '1700000000'],
  // changes
  [withChanges({ condition_removed: 1 }), 'changes.condition_removed', 'a string', '1'],
  [withChanges({ new_subtotal: 120 }), 'changes.new_subtotal', 'a string', '120'],
  [withChanges({ new_total: false }), 'changes.new_total', 'a string', 'false'],
  [withChanges({ savings: [] }), 'changes.savings', 'a string', 'an array of 0'],
  [withChanges({ conditions: {} }), 'changes.conditions', 'an array', 'an object'],
  [withChanges({ conditions: ['x'] }), 'changes.conditions[0]', 'an object', '"x"'],
  [withChanges({ totals: [1] }), 'changes.totals', 'an object', 'an array of 1'],
  // changes.conditions
  [withCondition({ action: undefined }), 'changes.conditions[1].action', 'a string', 'undefined'],
  [withCondition({ display_name: null }), 'changes.conditions[1].display_name', 'a string', 'null'],
  [withCondition({ type: 1 }), 'changes.conditions[1].type', 'a string', '1'],
  [withCondition({ value: {} }), 'changes.conditions[1].value', 'a string or a number', 'an object'],
  [withCondition({ value: Number.NaN }), 'changes.conditions[1].value', 'a string or a number', 'NaN'],
  [withCondition({ item_id: 1.5 }), 'changes.conditions[1].item_id', 'a string, or an integer below 2^53', '1.5'],
  // changes.totals
  [withTotals({ currency: null }), 'changes.totals.currency', 'a string', 'null'],
  [withTotals({ subtotal: 'RM120' }), 'changes.totals.subtotal', 'an integer', '"RM120"'],
  [withTotals({ total: 120.5 }), 'changes.totals.total', 'an integer', '120.5'],
  [withTotals({ savings: undefined }), 'changes.totals.savings', 'an integer', 'undefined'],
  [withTotals({ previous_total: 2 ** 53 }), 'changes.totals.previous_total', 'an integer', '9007199254740992'],
  // cart_echo
  [withBlock('b7f3:18'), 'cart_echo', 'an object', '"b7f3:18"'],
  [withBlock([1]), 'cart_echo', 'an object', 'an array of 1'],
  [withBlock(false), 'cart_echo', 'an object', 'false'],
  [withBlock({ epoch: 'b', seq: 0 }), 'cart_echo.seq', 'an integer above 0', '0'],
  [withBlock({ epoch: 'b', seq: '18th' }), 'cart_echo.seq', 'an integer above 0', '"18th"'],
  [withBlock({ epoch: 'b', seq: 1.5 }), 'cart_echo.seq', 'an integer above 0', '1.5'],
  [withBlock({ epoch: '', seq: 1 }), 'cart_echo.epoch', '1 to 32 of A-Z a-z 0-9 _ -', '""'],
  [withBlock({ epoch: 'b:1', seq: 1 }), 'cart_echo.epoch', '1 to 32 of A-Z a-z 0-9 _ -', '"b:1"'],
  [withBlock({ epoch: 'b\n', seq: 1 }), 'cart_echo.epoch', '1 to 32 of A-Z a-z 0-9 _ -', '"b\\n"'],
  [
    withBlock({ epoch: 'b'.repeat(33), seq: 1 }),
    'cart_echo.epoch',
    '1 to 32 of A-Z a-z 0-9 _ -',
    `"${'b'.repeat(33)}"`,
  ],
  [withBlock({ epoch: 7, seq: 1 }), 'cart_echo.epoch', '1 to 32 of A-Z a-z 0-9 _ -', '7'],
  [withBlock({ seq: 1 }), 'cart_echo.epoch', 'epoch and seq together', 'undefined'],
  [withBlock({ epoch: 'b', seq: null }), 'cart_echo.seq', 'epoch and seq together', 'undefined'],
  [withBlock({ id: 1.5 }), 'cart_echo.id', 'a string, or an integer below 2^53', '1.5'],
  [withBlock({ cart: {} }), 'cart_echo.cart', 'a string, or an integer below 2^53', 'an object'],
  [withBlock({ instance: 1 }), 'cart_echo.instance', 'a string', '1'],
  [withBlock({ version: '17b' }), 'cart_echo.version', 'an integer', '"17b"'],
  [withBlock({ code: 1 }), 'cart_echo.code', 'a string', '1'],
  [withBlock({ locale: ['ms'] }), 'cart_echo.locale', 'a string', 'an array of 1'],
  [withBlock({ spread_ms: -1 }), 'cart_echo.spread_ms', 'milliseconds, 0 or more', '-1'],
  [withBlock({ spread_ms: Number.POSITIVE_INFINITY }), 'cart_echo.spread_ms', 'milliseconds, 0 or more', 'Infinity'],
  // Hostile
  [
    { ...change(), message: 'x'.repeat(1_048_576) },
    'message',
    'at most 256000 characters',
    'a string of 1048576 characters',
  ],
  [JSON.parse('{"__proto__":{"message":"m"}}'), '', 'no key named __proto__', 'an object'],
  [withChanges(JSON.parse('{"__proto__":1}')), 'changes', 'no key named __proto__', 'an object'],
  [{ ...change(), price: 1n }, 'price', 'plain JSON', 'a bigint'],
  [Object.create(change()), 'message', 'a string or null', 'undefined'],
  [
    withChanges({ conditions: [Object.create({ action: 'a', display_name: 'b' })] }),
    'changes.conditions[0].action',
    'a string',
    'undefined',
  ],
]

describe('a malformed broadcast', () => {
  const cases = malformed.map(([payload, path, expected, actual]) => ({ payload, path, expected, actual }))

  it.each(cases)('is refused exactly: "$path" as $actual', ({ payload, path, expected, actual }) => {
    const error = failureOf(() => decode(payload))
    expect(error.code).toBe('invalid-payload')
    expect(error.report).toEqual({ path, expected, actual })
    expect(error.message).toBe(`${EVENT} skipped: ${path || 'the payload'}: expected ${expected}, got ${actual}.`)
  })

  it('is refused for its block first', () => {
    expect(failureOf(() => decode({ cart_echo: { seq: 0 } })).report?.path).toBe('cart_echo.seq')
  })

  it('is refused when it throws while it is looked at', () => {
    const payload = Object.defineProperty(change(), 'message', {
      enumerable: true,
      get: () => {
        throw new RangeError('not today')
      },
    })
    expect(failureOf(() => decode(payload)).cause).toBeInstanceOf(RangeError)
  })

  it('pollutes nothing', () => {
    failureOf(() => decode(JSON.parse('{"__proto__":{"polluted":1},"changes":{"__proto__":{"polluted":1}}}')))
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('on a page whose Object.prototype is polluted, a broadcast', () => {
  const pollute = <Result>(fields: Record<string, unknown>, run: () => Result): Result => {
    Object.assign(Object.prototype, fields)
    try {
      return run()
    } finally {
      for (const key of Object.keys(fields)) delete (Object.prototype as Record<string, unknown>)[key]
    }
  }

  it('still needs its own fields', () => {
    const error = pollute({ message: 'x', changes: {}, timestamp: 't' }, () => failureOf(() => decode({})))
    expect(error.report?.path).toBe('message')
  })

  it.each([
    ['no block', {}],
    ['an empty block', { cart_echo: {} }],
    ['a null block', { cart_echo: null }],
  ])('inherits no identity: %s', (_what, fields) => {
    const block = pollute({ epoch: 'evil', seq: 1, id: 'evil', instance: 'evil' }, () => {
      const { position, key, instance } = decode({ message: 'm', changes: {}, timestamp: 't', ...fields })
      return [position, key.startsWith('content:'), instance]
    })
    expect(block).toEqual([null, true, 'default'])
  })

  it('is not refused for half an identity that it inherits', () => {
    const payload = withBlock({ id: 7 })
    expect(pollute({ epoch: 'evil' }, () => decode(payload).change)).toEqual(payload)
  })
})

describe('an event of your own', () => {
  it('passes as it is where it has no decoder', () => {
    const payload = { sku: 'a', left: 3 }
    expect(decodeBroadcast('cart.stock.changed', payload, decodeAnything).change).toEqual(payload)
  })

  it("counts PHP's empty payload as {}", () => {
    expect(decodeBroadcast('cart.stock.changed', [], decodeAnything).change).toEqual({})
  })

  it.each([null, 'text', 5, [1], undefined])('is refused when it is %j: only objects pass', (payload) => {
    expect(failureOf(() => decodeBroadcast('cart.stock.changed', payload, decodeAnything)).report).toMatchObject({
      path: '',
      expected: 'an object',
    })
  })

  it('becomes what its decoder makes of it, with the block beside', () => {
    const payload = { left: '3', cart_echo: { id: 9 } }
    const decoded = decodeBroadcast('cart.stock.changed', payload, ({ left }) => Number(left))
    expect([decoded.change, decoded.key]).toEqual([3, 'id:["cart.stock.changed","default","9"]'])
  })

  it('reaches its decoder only within bounds and with a sound block', () => {
    const seen: unknown[] = []
    const watch = (payload: unknown) => seen.push(payload)
    failureOf(() => decodeBroadcast('cart.stock.changed', { text: 'x'.repeat(300_000) }, watch))
    failureOf(() => decodeBroadcast('cart.stock.changed', { cart_echo: { seq: 1 } }, watch))
    expect(seen).toEqual([])
  })

  it.each([
    ['an Error', new Error('left is missing'), 'left is missing'],
    ['a string', 'left is missing', 'left is missing'],
    ['nothing', undefined, 'undefined'],
    ['a thing without words', Object.create(null), 'something without words'],
  ])('is skipped when its decoder throws %s', (_what, thrown, words) => {
    const error = failureOf(() =>
      decodeBroadcast('cart.stock.changed', {}, () => {
        throw thrown
      }),
    )
    expect(error.code).toBe('invalid-payload')
    expect(error.message).toBe(`cart.stock.changed skipped: ${words}`)
    expect(error.cause).toBe(thrown)
  })
})

describe('a broadcast', () => {
  const { events } = readListening()

  it.each([
    [EVENT, change()],
    ['order.shipped', 'anything'],
  ])('is kept for other tabs where it can be decoded, or nobody listens to it: %s', (event, payload) => {
    expect(toKeep(events, event, payload)).toEqual({ event, payload })
  })

  it.each([
    [
      'it cannot be decoded, wherever it says that it stands',
      EVENT,
      { ...change({ epoch: 'e1', seq: 2 }), message: 5 },
    ],
    ['it is no object', EVENT, 'broken'],
    ['it is more than anybody may send', 'order.shipped', 'x'.repeat(256_001)],
  ])('is not where %s', (_why, event, payload) => {
    expect(toKeep(events, event, payload)).toBeNull()
  })

  it('is kept as it came, whatever a tool makes of the one that it is handed', () => {
    const payload = change({}, 'Sale')
    const kept = toKeep(events, EVENT, payload)
    Object.assign(payload, { message: 'of a tool' })
    Object.assign(payload.changes as object, { new_total: 'of a tool' })
    expect(kept).toEqual({ event: EVENT, payload: change({}, 'Sale') })
  })
})
