import { randomUUID } from 'node:crypto'
import { type Cart, type CartLine, CONDITIONS, PRODUCTS, type Product } from './cart'
import { CUSTOMERS, type Customer } from './sessions'

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
  backup(): CartsBackup
  restore(backup: CartsBackup): void
}

/** Every cart as it stood at one time. */
export type CartsBackup = readonly OwnedCart[]

/** The carts of a shop that has just opened: everyone has the Raya Sale in every cart. */
export const createCarts = (): Carts => {
  const byCustomer = new Map(CUSTOMERS.map((customer, index) => [customer, seed(index)]))
  const all = (): readonly OwnedCart[] =>
    [...byCustomer].flatMap(([customer, carts]) => [...carts.values()].map((cart) => ({ customer, cart })))
  const put = (customer: Customer, cart: Cart): void => {
    byCustomer.get(customer)?.set(cart.instance, cart)
  }

  return {
    find: (customer, instance) => byCustomer.get(customer)?.get(instance) ?? null,
    all,
    put,
    backup: all,
    restore: (backup) => {
      for (const { customer, cart } of backup) put(customer, cart)
    },
  }
}

const many = (product: Product, quantity: number): CartLine => ({ product, quantity })

const { mug, tote, candle, notebook, blanket } = PRODUCTS

interface Seed {
  readonly lines: readonly CartLine[]
  readonly conditions: readonly string[]
}

/** The carts of the first, the second and the third customer, by instance. */
const SEEDS: readonly Readonly<Record<string, Seed>>[] = [
  {
    default: { lines: [many(mug, 2), many(tote, 1), many(candle, 1)], conditions: ['raya-sale', 'free-gift-wrap'] },
    wishlist: { lines: [many(blanket, 1)], conditions: ['raya-sale'] },
  },
  {
    default: { lines: [many(notebook, 3), many(candle, 2)], conditions: ['raya-sale', 'member-price'] },
  },
  {
    default: { lines: [many(tote, 2)], conditions: ['raya-sale'] },
    wishlist: { lines: [many(mug, 4), many(blanket, 1)], conditions: ['raya-sale', 'free-gift-wrap'] },
  },
]

const seed = (index: number): Map<string, Cart> =>
  new Map(
    Object.entries(SEEDS[index] ?? {}).map(([instance, { lines, conditions }]) => [
      instance,
      {
        id: randomUUID(),
        instance,
        version: 1,
        lines,
        conditions: CONDITIONS.filter(({ name }) => conditions.includes(name)),
      },
    ]),
  )
