import { describe, expect, it } from 'vitest'
import { isRecord, list, misfit, optional, own, record, report, type Shape, where } from '../../src/engine/shape'

const number = where('a number', (value) => typeof value === 'number')
const line = record({ sku: where('a string', (value) => typeof value === 'string'), left: optional(number) })
const order = record({ lines: list(line), note: optional(number) })

const reportOf = (shape: Shape, value: unknown) => {
  const wrong = shape(value)
  return wrong && report(wrong)
}

describe('a shape', () => {
  it.each([
    { lines: [] },
    { lines: [{ sku: 'a' }], note: null },
    { lines: [{ sku: 'a', left: undefined, more: 1 }], unknown: [] },
  ])('fits %j', (value) => {
    expect(order(value)).toBeNull()
  })

  const misfits: [value: unknown, path: string, expected: string, actual: string][] = [
    [null, '', 'an object', 'null'],
    [undefined, '', 'an object', 'undefined'],
    [[], '', 'an object', 'an array of 0'],
    ['{}', '', 'an object', '"{}"'],
    [{}, 'lines', 'an array', 'undefined'],
    [{ lines: {} }, 'lines', 'an array', 'an object'],
    [{ lines: [1] }, 'lines[0]', 'an object', '1'],
    [{ lines: [{ sku: 'a' }, { sku: true }] }, 'lines[1].sku', 'a string', 'true'],
    [{ lines: [{ sku: 'a', left: 'x' }] }, 'lines[0].left', 'a number', '"x"'],
    [{ lines: [], note: 'x'.repeat(60) }, 'note', 'a number', `"${'x'.repeat(60)}"`],
    [{ lines: [], note: 'x'.repeat(61) }, 'note', 'a number', 'a string of 61 characters'],
    [{ lines: [], note: () => 1 }, 'note', 'a number', 'a function'],
    [{ lines: [], note: Symbol('x') }, 'note', 'a number', 'a symbol'],
    [{ lines: [], note: 1n }, 'note', 'a number', 'a bigint'],
    [{ lines: new Array(1) }, 'lines[0]', 'an object', 'undefined'],
  ]
  const cases = misfits.map(([value, path, expected, actual]) => ({ value, path, expected, actual }))

  it.each(cases)('says where it is wrong and what was there: "$path", $actual', ({ value, path, expected, actual }) => {
    expect(reportOf(order, value)).toEqual({ path, expected, actual })
  })

  it('reads no field from a prototype', () => {
    expect(reportOf(order, Object.create({ lines: [] }))).toMatchObject({ path: 'lines', actual: 'undefined' })
    expect(own({}, 'toString')).toBeUndefined()
    expect(own(Object.assign(Object.create(null), { key: 1 }), 'key')).toBe(1)
  })

  it('stops at the first misfit', () => {
    const seen: unknown[] = []
    const watched = where('never', (value) => {
      seen.push(value)
      return false
    })
    list(watched)([1, 2, 3])
    expect(seen).toEqual([1])
  })

  it('names a misfit of the value itself by an empty path', () => {
    expect(report(misfit('a horse', 'cow'))).toEqual({ path: '', expected: 'a horse', actual: '"cow"' })
  })

  it.each([
    [{}, true],
    [Object.create(null), true],
    [[], false],
    [null, false],
    ['x', false],
    [() => 1, false],
  ])('takes %j for a record or not', (value, expected) => {
    expect(isRecord(value)).toBe(expected)
  })
})
