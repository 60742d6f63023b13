import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readListening } from '../../src/engine/events'
import { type Decode, decodeAnything, mayComeAgain } from '../../src/engine/payload'
import { advance } from '../../src/engine/stream'
import { newStream } from '../../src/engine/stream/state'
import { change, decodeBroadcast } from '../support/payloads'

const EVENT = 'cart.conditions.changed'

const keyOf = (payload: unknown, event = EVENT, decode: Decode<unknown> = decodeAnything) =>
  decodeBroadcast(event, payload, decode).key

/** Any of Unicode. fast-check's own makes a table of all million of them first. */
const character = fc
  .integer({ min: 0, max: 0x10_ffff })
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map(
    (code) => String.fromCodePoint(code),
    (text) => {
      if (typeof text !== 'string' || [...text].length !== 1) throw new Error('It is no character.')
      return text.codePointAt(0) ?? 0
    },
  )

/** The same value with the keys of every object the other way round. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reversed(field)]),
  )
}

describe('the identity of a broadcast', () => {
  it('is its place in the log, where it has one', () => {
    const key = keyOf(change({ epoch: 'b7f3', seq: 18, id: 'other' }))
    expect([key, mayComeAgain(key)]).toEqual(['b7f3:18', false])
  })

  it('is its id else, for ever', () => {
    const key = keyOf(change({ id: '01JDC' }))
    expect([key, mayComeAgain(key)]).toEqual(['id:["cart.conditions.changed","default","01JDC"]', false])
  })

  it('takes 7 and "7" for the same id, and 0 and "" for ids', () => {
    expect(keyOf(change({ id: 7 }))).toBe(keyOf(change({ id: '7' })))
    expect(keyOf(change({ id: 0 }))).toContain(',"0"]')
    expect(keyOf(change({ id: '' }))).toContain(',""]')
  })

  it('is its content without both, which may come again', () => {
    const key = keyOf(change())
    expect([key, mayComeAgain(key)]).toEqual([expect.stringMatching(/^content:[\da-f]{16}$/), true])
  })
})

describe('the content of a broadcast', () => {
  const payload = {
    ...change(),
    changes: { conditions: [{ action: 'removed', display_name: 'A' }], totals: { total: 1, subtotal: 2 } },
  }

  it('is the same whatever the order of keys and the timestamp', () => {
    expect(keyOf(reversed(payload))).toBe(keyOf(payload))
    expect(keyOf({ ...payload, timestamp: 'another' })).toBe(keyOf(payload))
    const { timestamp: _timestamp, ...timeless } = payload
    expect(keyOf(timeless)).toBe(keyOf(payload))
  })

  it.each(['spread_ms', 'sent_at_ms', 'locale'])('is the same whatever its %s', (hint) => {
    const [one, other] = [1_000, 2_000].map((said) => keyOf({ ...payload, cart_echo: { [hint]: `${said}` } }))
    expect(one).toBe(other)
  })

  it.each([
    ['the message', { ...payload, message: 'x' }],
    ['a null message', { ...payload, message: null }],
    ['a deep value', { ...payload, changes: { ...payload.changes, totals: { total: 2, subtotal: 2 } } }],
    ['the order of a list', { ...payload, list: [2, 1] }],
    ['an unknown key', { ...payload, more: 1 }],
    ['a timestamp that is not its own', { ...payload, changes: { ...payload.changes, timestamp: 't' } }],
  ])('differs with %s', (_what, other) => {
    expect(keyOf(other)).not.toBe(keyOf({ ...payload, ...('list' in other ? { list: [1, 2] } : {}) }))
  })

  it('differs with the event', () => {
    expect(keyOf(payload, 'cart.stock.changed')).not.toBe(keyOf(payload))
  })

  it.each<[string, Decode<unknown>]>([
    ['keeps nothing', () => ({})],
    ['gives no JSON', ({ message }) => ({ price: 10n, message })],
    ['gives a cycle', () => cyclic()],
    ['gives nothing', () => undefined],
  ])('is the payload as it came, also when a decoder %s', (_what, decode) => {
    expect(keyOf(payload, EVENT, decode)).toBe(keyOf(payload))
    expect(keyOf({ ...payload, message: 'x' }, EVENT, decode)).not.toBe(keyOf(payload))
  })

  it('ignores the order of keys, whatever the content', () => {
    const json = fc.dictionary(
      fc.string().filter((key) => key !== '__proto__' && key !== 'cart_echo'),
      fc
        .jsonValue({ maxDepth: 3, stringUnit: character })
        .filter((value) => !JSON.stringify(value).includes('__proto__')),
    )
    fc.assert(
      fc.property(json, (content) => {
        expect(keyOf(reversed(content))).toBe(keyOf(content))
      }),
    )
  })
})

describe('the same content', () => {
  const rules = { ...readListening(), canAsk: false }
  const hear = (stream: ReturnType<typeof newStream>, nowMs: number) =>
    advance(stream, { name: 'broadcast', event: EVENT, payload: change() }, rules, { nowMs, random: 0 })

  it('is the same news for a minute, and new news after it', () => {
    const first = hear(newStream(null, null), 0)
    expect(first.effects).toMatchObject([{ name: 'deliver' }])
    expect(hear(first.stream, 59_999).effects).toEqual([])
    expect(hear(first.stream, 60_000).effects).toMatchObject([{ name: 'deliver' }])
  })
})

function cyclic(): object {
  const value: Record<string, unknown> = {}
  value.again = value
  return value
}
