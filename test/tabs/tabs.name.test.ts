import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type TabsNameParts, tabsName } from '../../src/tabs/name'

const parts: TabsNameParts = {
  user: '7',
  owner: 'h7Qk',
  channel: 'App.Models.User.7',
  key: 'shop-key',
  check: 'https://shop.test/api/cart/check-updates',
  events: ['cart.conditions.changed', 'order.shipped'],
}

const other: { [Part in keyof TabsNameParts]: readonly TabsNameParts[Part][] } = {
  user: ['8', null],
  owner: ['h7Qx', null],
  channel: ['tenant.2.App.Models.User.7', null],
  key: ['staging-key', null],
  check: ['https://shop.test/en/api/cart/check-updates', null],
  events: [['cart.conditions.changed'], ['cart.conditions.changed', 'order.shipped', 'stock.low'], []],
}

const different = (Object.keys(other) as (keyof TabsNameParts)[]).flatMap((part) =>
  other[part].map((value) => ({ part, value })),
)

describe('the name that tabs share by', () => {
  it('is the same for two pages that agree, in whatever order they name their events', () => {
    const events = new Set(['order.shipped', 'cart.conditions.changed'])
    expect(tabsName({ ...parts, events })).toBe(tabsName(parts))
  })

  it.each(different)('is another one when $part is $value', ({ part, value }) => {
    const name = tabsName({ ...parts, [part]: value })
    expect(name).not.toBe(tabsName(parts))
    expect(name).toEqual(expect.any(String))
  })

  it('is another one for every two that differ, however their parts are spelled', () => {
    const identity = fc.constantFrom('7', '8', '"', ',', 'null', '7","8', '],["', ' ')
    const any = fc.record({
      user: fc.option(identity),
      owner: fc.option(identity),
      channel: fc.option(identity),
      key: fc.option(identity),
      check: fc.option(identity),
      events: fc.uniqueArray(identity, { maxLength: 3 }).map((events) => events.sort()),
    })
    fc.assert(
      fc.property(any, any, (a, b) => {
        // Those that stand alone have none.
        fc.pre(tabsName(a) !== null && tabsName(b) !== null)
        expect(tabsName(a) === tabsName(b)).toBe(
          JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b)),
        )
      }),
      {
        numRuns: 500,
        examples: [
          [
            { ...parts, events: ['a'] },
            { ...parts, events: ['a'] },
          ],
        ],
      },
    )
  })

  it('is none for a visitor whom neither a user nor an owner tells from the next one', () => {
    expect(tabsName({ ...parts, user: null, owner: null })).toBeNull()
    expect(tabsName({ ...parts, user: null })).not.toBeNull()
    expect(tabsName({ ...parts, owner: null })).not.toBeNull()
  })

  it('says that it is ours, so that no other script of the origin takes it by accident', () => {
    expect(tabsName(parts)).toMatch(/^cart-echo\/\d+ /)
  })
})
