import { type Cart, lineTotal, totalsOf } from './cart'
import { amountOf, formatWorth } from './conditions'
import { formatMoney } from './money'

/** A cart as a page renders it: what is shown comes formatted, what is calculated with comes in minor units. */
export const cartView = (cart: Cart): unknown => {
  const totals = totalsOf(cart)
  return {
    id: cart.id,
    instance: cart.instance,
    version: cart.version,
    lines: cart.lines.map((line) => ({
      sku: line.product.sku,
      name: line.product.name,
      quantity: line.quantity,
      price: formatMoney(line.product.price),
      total: formatMoney(lineTotal(line)),
    })),
    conditions: cart.conditions.map((condition) => ({
      display_name: condition.displayName,
      type: condition.type,
      value: formatWorth(condition),
      amount: formatMoney(amountOf(condition, totals.subtotal)),
    })),
    subtotal: formatMoney(totals.subtotal),
    total: formatMoney(totals.total),
    savings: formatMoney(totals.savings),
    totals,
  }
}
