import { describe, expect, it } from 'vitest'
import { fill, readable } from '../../src/notice/say'

describe('a template', () => {
  it('is filled with what is known', () => {
    expect(fill('{name}: {total}', { name: 'Raya Sale', total: 'RM120.00' })).toBe('Raya Sale: RM120.00')
    expect(fill(({ count }: { count: number }) => `${count} more`, { count: 2 })).toBe('2 more')
  })

  it.each([
    ['names what is not known', '{name} has ended.', { name: null }],
    ['names what there never is', '{nonsense}', { name: 'Raya Sale' }],
    ['names what every object has', '{constructor} {toString}', { name: 'Raya Sale' }],
    ['is empty', '', {}],
    ['is blank', '  ', {}],
    [
      'throws',
      () => {
        throw new Error('no')
      },
      {},
    ],
    ['gives no text', () => 7 as unknown as string, {}],
  ])('that %s says nothing', (_what, template, values) => {
    expect(fill(template, values)).toBeNull()
  })

  it('does not look into what it is filled with', () => {
    expect(fill('{name} {total}', { name: '{total}$&$1', total: 'RM1' })).toBe('{total}$&$1 RM1')
  })
})

describe('what comes from outside', () => {
  it('is shown as it is', () => {
    expect(readable('Raya Sale – 10 % 🎉 <b>')).toBe('Raya Sale – 10 % 🎉 <b>')
    expect(readable('حملة العيد')).toBe('حملة العيد')
    // As Intl writes money in Hebrew.
    expect(readable('\u200f120.00\u00a0\u200f₪')).toBe('\u200f120.00\u00a0\u200f₪')
  })

  it('cannot turn the direction of what follows, nor break the line', () => {
    expect(readable('Raya\u202e Sale\u2066\n\t\u0000 ends')).toBe('Raya  Sale  ends')
  })

  it('is one line of bearable length', () => {
    expect(readable('x'.repeat(10_000))).toBe(`${'x'.repeat(299)}…`)
  })

  it.each([[null], [undefined], [7], [{}], [''], [' \n ']])('is nothing where it is %j', (value) => {
    expect(readable(value)).toBeNull()
  })
})
