import { describe, expect, it } from 'vitest'
import { weighAnswer } from '../../src/engine/answer'
import { parseCursor } from '../../src/engine/cursor'
import { answerOf } from '../support/listening-client'

const verdict = (place: string | null, answer: Parameters<typeof answerOf>, retired: readonly string[] = []): string =>
  weighAnswer({ cursor: place === null ? null : parseCursor(place), retired }, answerOf(...answer))

const RESET = { reset: true, events: [] }

// Where a page is, what the check was asked from, and how far it answered: an answer may be to another tab's ask.
describe('an answer of the check', () => {
  it.each<[string, string | null, Parameters<typeof answerOf>, string]>([
    ['from the page’s own place', 'e1:17', ['e1:17', 'e1:19'], 'continues'],
    ['with nothing new', 'e1:17', ['e1:17', 'e1:17'], 'continues'],
    ['from further behind', 'e1:17', ['e1:10', 'e1:19'], 'continues'],
    ['to the page’s own place, from further behind', 'e1:17', ['e1:10', 'e1:17'], 'continues'],
    ['from one place further on', 'e1:17', ['e1:18', 'e1:19'], 'too-late'],
    ['to a page that knows no place, which asked for one', null, [null, 'e1:19'], 'continues'],
    ['to a page that knows no place, from one', null, ['e1:17', 'e1:19'], 'too-late'],
    ['to a page with a place, from nowhere', 'e1:17', [null, 'e1:19'], 'too-late'],
    ['that ends before the page’s place', 'e1:17', ['e1:10', 'e1:16'], 'older'],
    ['that gives less than it says', 'e1:17', ['e1:17', 'e1:19', { events: [] }], 'malformed'],
    ['from the beginning of a log', 'e1:0', ['e1:0', 'e1:2'], 'continues'],
    ['of a new log, from the beginning of the empty one before', 'e1:0', ['e1:0', 'e2:2'], 'continues'],
    ['of a new log, from the middle of the one before', 'e1:17', ['e1:17', 'e2:19'], 'malformed'],
    [
      'of a new log, from the beginning of the one before, to a page in the middle of that',
      'e1:17',
      ['e1:0', 'e2:2'],
      'too-late',
    ],
    ['of a new log, from the middle of it, to a page of a log that was empty', ':0', ['e2:2', 'e2:4'], 'too-late'],
    ['of another life, from the middle of this', 'e1:17', ['e2:17', 'e2:19'], 'too-late'],
  ])('%s', (_what, place, answer, expected) => {
    expect(verdict(place, answer)).toBe(expected)
  })

  it.each<[string, string | null, string | null, string, string]>([
    ['from the page’s own place', 'e1:17', 'e1:17', 'e1:19', 'reset'],
    ['in another life', 'e1:17', 'e1:17', 'e2:3', 'reset'],
    ['from another place', 'e1:17', 'e1:10', 'e1:19', 'too-late'],
    ['from a place of the same number in another life', 'e2:17', 'e1:17', 'e3:3', 'too-late'],
    ['from nowhere', 'e1:17', null, 'e1:19', 'too-late'],
    ['from another place, to where the page is', 'e1:17', 'e1:10', 'e1:17', 'continues'],
    ['to a page that knows no place', null, 'e1:10', 'e1:17', 'too-late'],
  ])('that resets, %s', (_what, place, since, cursor, expected) => {
    expect(verdict(place, [since, cursor, RESET])).toBe(expected)
  })

  it('of a life that the page has left is older, also where it resets', () => {
    expect(verdict('e2:1', ['e2:1', 'e1:9', { events: [] }], ['e1'])).toBe('older')
    expect(verdict('e2:1', ['e2:1', 'e1:9', RESET], ['e1'])).toBe('older')
    expect(verdict(null, [null, 'e1:9'], ['e1'])).toBe('older')
  })
})
