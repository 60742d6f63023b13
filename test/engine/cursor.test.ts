import { describe, expect, it } from 'vitest'
import { type Cursor, formatCursor, parseCursor } from '../../src/engine/cursor'
import cursors from '../fixtures/cursors.json'

// PHP reads the same in test/laravel/core.test.ts.
const READ = cursors.read as [string, Cursor][]

describe('a cursor', () => {
  it.each(READ)('reads %s and writes it back', (text, cursor) => {
    expect(parseCursor(text)).toEqual(cursor)
    expect(formatCursor(cursor)).toBe(text)
  })

  it.each([...cursors.refused, undefined])('is not read from %j', (text) => {
    expect(parseCursor(text)).toBeNull()
  })
})
