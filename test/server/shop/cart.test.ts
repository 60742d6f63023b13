import { describe, expect, it } from 'vitest'
import {
  amountOf,
  type Cart,
  type Condition,
  formatMoney,
  formatWorth,
  totalsOf,
  withCondition,
  withoutCondition,
} from '../../../src/server/shop/cart'

const condition = (worth: Condition['worth']): Condition => ({ name: 'c', displayName: 'C', type: 'discount', worth })
const cartOf = (price: number, conditions: readonly Condition[] = []): Cart => ({
  id: 'cart',
  instance: 'default',
  version: 1,
  lines: [{ product: { sku: 's', name: 'S', price }, quantity: 2 }],
  conditions,
})

describe('money', () => {
  it.each([
    [0, 'RM0.00'],
    [5, 'RM0.05'],
    [12_000, 'RM120.00'],
    [123_456_789, 'RM1,234,567.89'],
    [-500, '-RM5.00'],
  ])('of %d sen is written %s', (minor, written) => {
    expect(formatMoney(minor)).toBe(written)
  })
})

describe('a condition', () => {
  it.each([
    [{ percent: -10 }, -1_201, '-10%'],
    [{ percent: 6 }, 720, '+6%'],
    [{ minor: -500 }, -500, '-RM5.00'],
    [{ minor: 800 }, 800, '+RM8.00'],
    [{ minor: 0 }, 0, 'free'],
  ])('%j takes or adds %d of RM120.05 and is written %s', (worth, amount, written) => {
    expect([amountOf(condition(worth), 12_005), formatWorth(condition(worth))]).toEqual([amount, written])
  })
})

describe('a cart', () => {
  it('counts each condition from the subtotal, and savings from what takes off', () => {
    const cart = cartOf(6_000, [condition({ percent: -10 }), condition({ minor: -500 }), condition({ minor: 800 })])
    expect(totalsOf(cart)).toEqual({ currency: 'MYR', subtotal: 12_000, total: 11_100, savings: 1_700 })
  })

  it('never costs less than nothing', () => {
    expect(totalsOf(cartOf(100, [condition({ minor: -900 })]))).toMatchObject({ subtotal: 200, total: 0, savings: 900 })
  })

  it('costs and saves nothing when it is empty', () => {
    expect(totalsOf({ ...cartOf(1), lines: [] })).toMatchObject({ subtotal: 0, total: 0, savings: 0 })
  })

  it('makes a next version of a change, and none of what is no change', () => {
    const [sale, cart] = [condition({ percent: -10 }), cartOf(1)]
    const onSale = withCondition(cart, sale)
    expect(onSale).toMatchObject({ version: 2, conditions: [sale] })
    expect(withCondition(onSale, sale)).toBe(onSale)
    expect(withoutCondition(onSale, sale)).toMatchObject({ version: 3, conditions: [] })
    expect(withoutCondition(cart, sale)).toBe(cart)
  })
})
