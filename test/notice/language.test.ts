import { describe, expect, it } from 'vitest'
import { isSameLanguage, readLanguage } from '../../src/notice/language'

describe('a language', () => {
  it.each([
    ['ms', 'ms'],
    ['zh_CN', 'zh-CN'],
    [' en-GB ', 'en-GB'],
    ['', null],
    ['" onclick="x', null],
    [7, null],
    [undefined, null],
  ])('%j is read as %j', (value, lang) => {
    expect(readLanguage(value)).toBe(lang)
  })

  it.each([
    ['en', 'en', true],
    ['en', 'EN-gb', true],
    ['ms-MY', 'ms', true],
    ['en', 'ms', false],
    ['zh-Hans', 'zh-Hant', false],
    ['e', 'en', false],
    ['en', '', false],
  ])('%s and %s: %s', (one, other, same) => {
    expect(isSameLanguage(one, other)).toBe(same)
    expect(isSameLanguage(other, one)).toBe(same)
  })
})
