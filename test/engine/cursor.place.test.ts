import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeOf } from '../../src/engine/cursor'
import { at, change } from '../support/payloads'

const block = (cart_echo: unknown): unknown => ({ cart_echo })

describe('where a payload says that it stands', () => {
  it('is its epoch and its number', () => {
    expect(placeOf(at(18))).toEqual({ epoch: 'e1', seq: 18 })
    expect(placeOf(block({ epoch: 'e1', seq: 3, more: true }))).toEqual({ epoch: 'e1', seq: 3 })
  })

  it.each<[string, unknown]>([
    ['it has a name only', change({ id: 'a' })],
    ['it is a text', 'e1:18'],
    ['it is nothing', undefined],
    ['it is a list', [{ cart_echo: { epoch: 'e1', seq: 1 } }]],
    ['its block is a list', block(['e1', 18])],
    ['the number is text', block({ epoch: 'e1', seq: '18th' })],
    ['the number is none', block({ epoch: 'e1', seq: Number.NaN })],
    ['the number has a fraction', block({ epoch: 'e1', seq: 1.5 })],
    ['there is no epoch', block({ seq: 18 })],
    ['the epoch is a number', block({ epoch: 1, seq: 18 })],
    ['only its prototype has one', Object.create(at(18))],
    ['only its block’s prototype has one', block(Object.create({ epoch: 'e1', seq: 18 }))],
  ])('is not known when %s', (_what, payload) => {
    expect(placeOf(payload)).toBeNull()
  })

  it('is a place or none, whatever is asked', () => {
    const any = fc.oneof(
      fc.anything(),
      fc.record({ cart_echo: fc.anything() }),
      fc.record({ cart_echo: fc.record({ epoch: fc.anything(), seq: fc.anything() }) }),
    )
    fc.assert(
      fc.property(any, (payload) => {
        const place = placeOf(payload)
        expect(place === null || (typeof place.epoch === 'string' && Number.isSafeInteger(place.seq))).toBe(true)
      }),
    )
  })
})
