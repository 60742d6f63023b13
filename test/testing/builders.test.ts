import { describe, expect, it } from 'vitest'
import { readResponse, weighAnswer } from '../../src/engine/answer'
import { parseCursor } from '../../src/engine/cursor'
import { decodeConditionsChanged } from '../../src/engine/payload'
import { type AnswerParts, aChange, anAnswer } from '../../src/testing/testing'
import { decodeBroadcast } from '../support/payloads'

describe('aChange()', () => {
  it('makes up what is not given, as a page reads it', () => {
    const change = aChange()
    expect(change).toMatchObject({ message: expect.any(String), changes: {}, timestamp: expect.any(String) })
    expect(decodeBroadcast('cart.conditions.changed', change, decodeConditionsChanged).problem).toBeNull()
  })

  it('keeps what is given, keys of one’s own among it, and gives a new object each time', () => {
    const given = { message: null, changes: { new_total: 'RM120.00' }, cart_echo: { seq: 3, epoch: 'e1' }, ours: [1] }
    const change = aChange(given)
    expect(change).toEqual({ ...given, timestamp: expect.any(String) })
    expect(change.changes).not.toBe(given.changes)
    expect(aChange()).not.toBe(aChange())
  })

  it('makes up nothing of an event of one’s own', () => {
    expect(aChange('cart.tested.changed' as never, { sku: 'mug' } as never)).toEqual({ sku: 'mug' })
  })

  it.each<[string, object]>([
    ['a message that is a number', { message: 5 }],
    ['an amount that is a number', { changes: { new_total: 120 } }],
    ['a place without an epoch', { cart_echo: { seq: 3 } }],
    ['number 0', { cart_echo: { epoch: 'e1', seq: 0 } }],
    ['a condition without its name', { changes: { conditions: [{ action: 'removed' }] } }],
    [
      'a condition that a page would leave out',
      { changes: { conditions: [{ action: 'removed', display_name: 'Raya Sale', item_id: 2 ** 53 }] } },
    ],
    ['what is no JSON', { changes: { new_total: () => 'RM120.00' } }],
  ])('refuses %s', (_what, part) => {
    expect(() => aChange(part)).toThrow(expect.objectContaining({ code: 'invalid-payload' }))
  })
})

describe('anAnswer()', () => {
  const asked = { since: parseCursor('e1:1'), fresh: 'f', nowMs: 0 }
  const read = (answer: ReturnType<typeof anAnswer>) => {
    const body = { ...answer, cart_echo: answer.cart_echo && { ...answer.cart_echo, fresh: 'f' } }
    return readResponse({ status: 200, isJson: true, body, retryAfterMs: 0 }, asked)
  }

  it('is a log server’s where it has a cursor, and goes on where the page is', () => {
    const answer = anAnswer({ cursor: 'e1:2', events: [aChange({ message: 'two' })] })
    expect(answer).toMatchObject({ updated: true, message: 'two', cart_echo: { owner: 'owner-1', cursor: 'e1:2' } })
    const meaning = read(answer)
    expect(meaning.name).toBe('log')
    if (meaning.name === 'log')
      expect(weighAnswer({ cursor: asked.since, retired: [] }, meaning.answer)).toBe('continues')
  })

  it('is that of a server without a log where it has none', () => {
    expect(anAnswer()).toEqual({ updated: false, message: null })
    expect(anAnswer({ message: 'Something' })).toEqual({ updated: true, message: 'Something' })
    expect(read(anAnswer({ message: 'Something' }))).toMatchObject({ name: 'bare', answer: { updated: true } })
  })

  it('says that nothing happened where nothing is given', () => {
    expect(anAnswer({ cursor: 'e1:2' })).toMatchObject({ updated: false, message: null })
    expect(anAnswer({ cursor: 'e1:2', reset: true }).updated).toBe(true)
    expect(anAnswer({ cursor: 'e1:2', enabled: false, poll: { interval_ms: 5_000 } }).updated).toBe(false)
  })

  it.each<[string, AnswerParts, string]>([
    ['events without a cursor', { events: [aChange()] }, 'invalid-options'],
    ['an owner without a cursor', { owner: 'owner-2' }, 'invalid-options'],
    ['a cursor that is none', { cursor: 'e1' }, 'invalid-answer'],
    ['more events than there were', { cursor: 'e1:1', events: [aChange(), aChange()] }, 'invalid-answer'],
    ['too many events', { cursor: 'e1:60', events: Array.from({ length: 51 }, () => aChange()) }, 'invalid-answer'],
    ['an owner of no letters', { cursor: 'e1:1', owner: '' }, 'invalid-answer'],
    ['an event that cannot be read', { cursor: 'e1:1', events: [{ message: 5 } as never] }, 'invalid-payload'],
  ])('refuses %s', (_what, parts, code) => {
    expect(() => anAnswer(parts)).toThrow(expect.objectContaining({ code }))
  })

  it.each<[string, unknown, string]>([
    ['null', null, 'invalid-options'],
    ['a number', 5, 'invalid-options'],
    ['events that are no list', { cursor: 'e1:1', events: 5 }, 'invalid-answer'],
    ['an event that is no object', { cursor: 'e1:1', events: [5] }, 'invalid-answer'],
    ['a message that is no text, of a server without a log', { message: 5 }, 'invalid-answer'],
    ['an updated that is neither, of a server without a log', { updated: 'x' }, 'invalid-answer'],
  ])('refuses %s, as JavaScript may give it', (_what, parts, code) => {
    expect(() => anAnswer(parts as never)).toThrow(expect.objectContaining({ code }))
  })

  it.each<[string, unknown[], string]>([
    ['null for a change', [null], 'invalid-payload'],
    ['a number for a change', [5], 'invalid-payload'],
    ['a list for a change', [[]], 'invalid-payload'],
    ['a function for a change', [() => ({})], 'invalid-payload'],
    ['a text for an event of your own', ['cart.tested.changed', 'x'], 'invalid-payload'],
    ['a name with Echo’s leading dot', ['.cart.tested.changed', {}], 'invalid-event'],
    ['a name that cannot be one', ['changed', {}], 'invalid-event'],
    ['no name', ['', {}], 'invalid-event'],
  ])('refuses %s', (_what, change, code) => {
    expect(() => aChange(...(change as []))).toThrow(expect.objectContaining({ code }))
  })
})
