import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareOffices, nextOffice, type Office } from '../../src/tabs/bus'

const office: fc.Arbitrary<Office | null> = fc.option(
  fc.record({ term: fc.integer({ min: 1, max: 4 }), by: fc.constantFrom('a', 'b', 'c', 'ba') }),
)

describe('offices', () => {
  it.each<[string, Office | null, Office | null, number]>([
    ['nobody and nobody', null, null, 0],
    ['nobody and anybody', null, { term: 1, by: 'a' }, -1],
    ['an earlier and a later term, whatever the names', { term: 1, by: 'z' }, { term: 2, by: 'a' }, -1],
    ['two of one term, by their names', { term: 3, by: 'a' }, { term: 3, by: 'b' }, -1],
    ['one and the same', { term: 3, by: 'a' }, { term: 3, by: 'a' }, 0],
  ])('are put in order: %s', (_what, a, b, order) => {
    expect(Math.sign(compareOffices(a, b))).toBe(order)
    expect(Math.sign(compareOffices(b, a))).toBe(order === 0 ? 0 : -order)
  })

  it('are in one order for everybody', () => {
    fc.assert(
      fc.property(office, office, office, (a, b, c) => {
        const ordered = [a, b, c].sort(compareOffices)
        expect([...ordered].reverse().sort(compareOffices)).toEqual(ordered)
        expect(compareOffices(a, b) === 0).toBe(a?.term === b?.term && a?.by === b?.by)
      }),
    )
  })

  it('are taken over by a later one, whoever takes over from whom', () => {
    fc.assert(
      fc.property(office, fc.constantFrom('a', 'c'), (known, by) => {
        const next = nextOffice(known, by)
        expect(next.by).toBe(by)
        expect(compareOffices(known, next)).toBeLessThan(0)
      }),
    )
  })
})
