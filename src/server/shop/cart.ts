import type { CartTotals } from '../../engine/events'
import { amountOf, type Condition } from './conditions'
import { CURRENCY } from './money'
import type { Product } from './products'

/** One line of a cart. */
export interface CartLine {
  readonly product: Product
  readonly quantity: number
}

/** A cart as it stands. Never changed in place: every change makes the next version. */
export interface Cart {
  readonly id: string
  /** `default` is the cart one buys; `wishlist` one keeps. */
  readonly instance: string
  readonly version: number
  readonly lines: readonly CartLine[]
  readonly conditions: readonly Condition[]
}

/** What a line costs, in minor units. */
export const lineTotal = ({ product, quantity }: CartLine): number => product.price * quantity

/** What a cart costs. Conditions count from the subtotal, each by itself; nothing costs less than nothing. */
export const totalsOf = ({ lines, conditions }: Cart): CartTotals => {
  const subtotal = lines.reduce((sum, line) => sum + lineTotal(line), 0)
  const amounts = conditions.map((condition) => amountOf(condition, subtotal))
  const total = Math.max(
    0,
    amounts.reduce((sum, amount) => sum + amount, subtotal),
  )
  const savings = -amounts.reduce((sum, amount) => sum + Math.min(0, amount), 0)
  return { currency: CURRENCY, subtotal, total, savings: Math.max(0, savings) }
}

/** The cart with a condition; the same cart when it has it already. */
export const withCondition = (cart: Cart, condition: Condition): Cart =>
  cart.conditions.includes(condition) ? cart : next(cart, [...cart.conditions, condition])

/** The cart without a condition; the same cart when it does not have it. */
export const withoutCondition = (cart: Cart, condition: Condition): Cart =>
  cart.conditions.includes(condition)
    ? next(
        cart,
        cart.conditions.filter((other) => other !== condition),
      )
    : cart

const next = (cart: Cart, conditions: readonly Condition[]): Cart => ({
  ...cart,
  conditions,
  version: cart.version + 1,
})
