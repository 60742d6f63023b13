import { describe, expect, it } from 'vitest'
import { readPage } from '../../src/page/block'

describe('on a server, readPage()', () => {
  it('says nothing', () => {
    expect(readPage()).toEqual({})
    expect(readPage({ script: null })).toEqual({})
  })
})
