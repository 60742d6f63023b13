import type { CartTotals } from '../../engine/events'
import type { Handler } from '../http/call'
import { json, PRIVATE } from '../http/reply'
import { route } from '../http/routes'
import type { Carts } from './carts'
import { keepsLog, type Level, type LogBook } from './owner-log'
import type { FindSession } from './sessions'

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
const lineTotal = ({ product, quantity }: CartLine): number => product.price * quantity

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

/** A cart as a page renders it: what is shown comes formatted, what is calculated with comes in minor units. */
const cartView = (cart: Cart): unknown => {
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

/** What the cart route reads. */
interface CartRouteOptions {
  readonly level: Level
  readonly find: FindSession
  readonly carts: Carts
  readonly logs: LogBook
}

/** `GET /api/cart?instance=default`: the session's cart, and the cursor it is at least as new as. */
export const createCartRoute = ({ level, find, carts, logs }: CartRouteOptions): Handler =>
  route('GET', '/api/cart', (call) => {
    const customer = find(call)?.customer
    if (!customer) return json(401, { message: 'Unauthenticated.' }, PRIVATE)
    // Noted before the cart is read: a change in between is told twice rather than never.
    const cursor = keepsLog(level) ? logs.of(customer).head() : null
    const cart = carts.find(customer, call.query.get('instance') ?? 'default')
    if (!cart) return json(404, { message: 'There is no such cart.' }, PRIVATE)
    return json(200, { customer, cursor, cart: cartView(cart) }, PRIVATE)
  })

/** What everything in the shop is priced in. ISO 4217. */
const CURRENCY = 'MYR'

/** An amount in minor units (sen) as the shop writes it: `RM1,200.00`, `-RM5.00`. */
export const formatMoney = (minor: number): string => {
  const digits = String(Math.abs(minor)).padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${minor < 0 ? '-' : ''}RM${whole}.${digits.slice(-2)}`
}

/** Something to buy. */
export interface Product {
  readonly sku: string
  readonly name: string
  /** In minor units. */
  readonly price: number
}

/** What the shop sells, by SKU. */
export const PRODUCTS = {
  mug: { sku: 'mug', name: 'Enamel mug', price: 2_500 },
  tote: { sku: 'tote', name: 'Canvas tote', price: 4_000 },
  candle: { sku: 'candle', name: 'Beeswax candle', price: 3_000 },
  notebook: { sku: 'notebook', name: 'Dotted notebook', price: 1_850 },
  blanket: { sku: 'blanket', name: 'Wool blanket', price: 118_000 },
} as const satisfies Record<string, Product>

/** Something that changes what a cart costs: a promotion, a price for members, a gift. */
export interface Condition {
  /** For the shop's own people. Never in a payload. */
  readonly name: string
  readonly displayName: string
  readonly type: 'discount' | 'gift'
  /** Of the subtotal when `percent`, in minor units when `minor`. Negative takes off. */
  readonly worth: { readonly percent: number } | { readonly minor: number }
}

/** Every condition the shop knows. */
export const CONDITIONS: readonly Condition[] = [
  { name: 'raya-sale', displayName: 'Raya Sale', type: 'discount', worth: { percent: -10 } },
  { name: 'member-price', displayName: 'Member Price', type: 'discount', worth: { percent: -5 } },
  { name: 'free-gift-wrap', displayName: 'Free Gift Wrap', type: 'gift', worth: { minor: 0 } },
]

/** The condition of that name; null when there is none. */
export const findCondition = (name: string): Condition | null =>
  CONDITIONS.find((condition) => condition.name === name) ?? null

/** What a condition adds to a subtotal, in minor units; below 0 when it takes off. */
export const amountOf = ({ worth }: Condition, subtotal: number): number =>
  'percent' in worth ? Math.sign(worth.percent) * Math.round((subtotal * Math.abs(worth.percent)) / 100) : worth.minor

/** What a condition is worth, as the shop writes it: `-10%`, `-RM5.00`, `free`. */
export const formatWorth = ({ worth }: Condition): string => {
  const [amount, words] =
    'percent' in worth ? [worth.percent, `${worth.percent}%`] : [worth.minor, formatMoney(worth.minor)]
  if (amount === 0) return 'free'
  return amount > 0 ? `+${words}` : words
}
