import { describe, expect, it } from 'vitest'
import { formFor } from '../../src/notice/messages'

describe('the form for a number', () => {
  it.each([
    ['fr', 0, 'one'],
    ['fr', 2, 'other'],
    ['ms', 1, 'other'],
    ['pl', 3, 'few'],
    ['zh-CN', 1, 'other'],
  ])('in %s, of %i, is %s', (lang, count, form) => {
    const forms = { one: 'one', few: 'few', other: 'other' }
    expect(formFor(count, forms, lang)).toBe(form)
  })

  it('is the other one where the shop has no such form, or no language is of that name', () => {
    expect(formFor(1, { other: 'other' }, 'fr')).toBe('other')
    expect(formFor(1, { one: 'one', other: 'other' }, 'en-x')).toBe('other')
    expect(formFor(1, {}, 'fr')).toBeUndefined()
  })
})
