import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { type PageIdentity, readShopper, whyClosed } from '../../src/engine/identity'

const why = (identity: PageIdentity): string | undefined => whyClosed(readShopper(identity))?.reason

const conflict = new CartEchoError('page-conflict', 'two owners')
const other = new CartEchoError('invalid-page', 'a bad port')

describe('a page listens', () => {
  it.each<PageIdentity>([{ user: 7 }, { guest: true }, { user: 7, problems: [other] }])('for %j', (identity) => {
    expect(whyClosed(readShopper(identity))).toBeNull()
  })

  it('not for nobody, not where it is switched off, not for two customers at once', () => {
    expect(why({})).toBe('no-user')
    expect(why({ user: 7, enabled: false, problems: [conflict] })).toBe('switched-off')
    expect(why({ user: 7, problems: [other, conflict] })).toBe('page-conflict')
  })

  it('and says which conflict keeps it from that', () => {
    expect(whyClosed(readShopper({ problems: [conflict] }))).toMatchObject({ name: 'refused', error: conflict })
  })
})
