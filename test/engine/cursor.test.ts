import { describe, expect, it } from 'vitest'
import { formatCursor, parseCursor } from '../../src/engine/cursor'

describe('a cursor', () => {
  it.each([
    ['b7f3:18', { epoch: 'b7f3', seq: 18 }],
    ['b7f3:0', { epoch: 'b7f3', seq: 0 }],
    [':0', { epoch: '', seq: 0 }],
    ['A-_9:9007199254740991', { epoch: 'A-_9', seq: 9007199254740991 }],
  ])('reads %s and writes it back', (text, cursor) => {
    expect(parseCursor(text)).toEqual(cursor)
    expect(formatCursor(cursor)).toBe(text)
  })

  it.each([
    'b7f3',
    ':1',
    'b7f3:',
    'b7f3:01',
    'b7f3:-1',
    'b7f3:1.5',
    'b 7:1',
    `${'x'.repeat(33)}:1`,
    'b7f3:9007199254740992',
    '',
    18,
    null,
    undefined,
    {},
  ])('is not read from %j', (text) => {
    expect(parseCursor(text)).toBeNull()
  })
})
