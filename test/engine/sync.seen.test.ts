import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/engine/answer'
import type { Cursor } from '../../src/engine/cursor'
import { further, unseen } from '../../src/engine/sync'

const place = (epoch: string, seq: number): Cursor => ({ epoch, seq })

const answer = (since: Cursor | null, to: number, ...events: readonly string[]): Answer => ({
  since,
  owner: 'me',
  cursor: place('e1', to),
  events: events.map((event) => ({ event, payload: {} })),
  reset: false,
})

const namesOf = ({ events }: Answer): string[] => events.map(({ event }) => event)

describe('what the socket should have brought', () => {
  const given = answer(place('e1', 2), 5, 'third', 'fourth', 'fifth')

  it.each<[string, Cursor | null, string[]]>([
    ['is all that an answer has where nothing was seen', null, ['third', 'fourth', 'fifth']],
    ['is only what is beyond what was seen', place('e1', 4), ['fifth']],
    ['is nothing where all of it was seen, or more', place('e1', 9), []],
    ['is all of it where the answer begins beyond what was seen', place('e1', 1), ['third', 'fourth', 'fifth']],
    ['is all of it where something was seen in another epoch', place('e0', 9), ['third', 'fourth', 'fifth']],
  ])('%s', (_what, seen, expected) => {
    expect(namesOf(unseen(given, seen, undefined))).toEqual(expected)
  })

  it('is not what it does not listen to', () => {
    expect(namesOf(unseen(given, null, new Set(['fourth'])))).toEqual(['fourth'])
  })
})

describe('the place that is further on', () => {
  it.each<[Cursor | null, Cursor | null, Cursor | null]>([
    [null, null, null],
    [place('e1', 3), null, place('e1', 3)],
    [null, place('e1', 3), place('e1', 3)],
    [place('e1', 3), place('e1', 4), place('e1', 4)],
    [place('e1', 3), place('e1', 2), place('e1', 3)],
    [place('e1', 3), place('e2', 1), place('e2', 1)],
  ])('of %j and then %j is %j', (seen, next, expected) => {
    expect(further(seen, next)).toEqual(expected)
  })
})
