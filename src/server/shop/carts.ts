import { randomUUID } from 'node:crypto'
import type { Cart, CartLine } from './cart'
import { CONDITIONS } from './conditions'
import { CUSTOMERS, type Customer } from './customers'
import { PRODUCTS } from './products'

/** A cart and whose it is. */
export interface OwnedCart {
  readonly customer: Customer
  readonly cart: Cart
}

/** Every cart there is, one per customer and instance. */
export interface Carts {
  find(customer: Customer, instance: string): Cart | null
  /** A customer's carts side by side, customers in their order. */
  all(): readonly OwnedCart[]
  /** Puts a customer's cart in the place of its last version. */
  put(customer: Customer, cart: Cart): void
}

/** The carts of a shop that has just opened: everyone has the Raya Sale in every cart. */
export const createCarts = (): Carts => {
  const byCustomer = new Map(CUSTOMERS.map((customer, index) => [customer, seed(index)]))
  return {
    find: (customer, instance) => byCustomer.get(customer)?.get(instance) ?? null,
    all: () => [...byCustomer].flatMap(([customer, carts]) => [...carts.values()].map((cart) => ({ customer, cart }))),
    put: (customer, cart) => {
      byCustomer.get(customer)?.set(cart.instance, cart)
    },
  }
}

const { mug, tote, candle, notebook, blanket } = PRODUCTS

/** What lies in the carts of the first, the second and the third customer, and which conditions they have. */
const SEEDS: readonly Readonly<Record<string, readonly [lines: readonly CartLine[], conditions: readonly string[]]>>[] =
  [
    {
      default: [
        [many(mug, 2), many(tote, 1), many(candle, 1)],
        ['raya-sale', 'free-gift-wrap'],
      ],
      wishlist: [[many(blanket, 1)], ['raya-sale']],
    },
    {
      default: [
        [many(notebook, 3), many(candle, 2)],
        ['raya-sale', 'member-price'],
      ],
    },
    {
      default: [[many(tote, 2)], ['raya-sale']],
      wishlist: [
        [many(mug, 4), many(blanket, 1)],
        ['raya-sale', 'free-gift-wrap'],
      ],
    },
  ]

function many(product: CartLine['product'], quantity: number): CartLine {
  return { product, quantity }
}

const seed = (index: number): Map<string, Cart> =>
  new Map(
    Object.entries(SEEDS[index] ?? {}).map(([instance, [lines, names]]) => {
      const conditions = CONDITIONS.filter(({ name }) => names.includes(name))
      return [instance, { id: randomUUID(), instance, version: 1, lines, conditions }]
    }),
  )
