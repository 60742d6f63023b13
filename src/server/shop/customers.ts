import type { Id } from '../../engine/events'
import { CartEchoServerError } from '../errors'

/** Who can log in. */
export interface Customer {
  /** An integer or a UUID: real shops have either. */
  readonly id: Id
  readonly name: string
}

/** Everyone the shop knows. The third has a UUIDv7, which a rule that compares integers would take for another's. */
export const CUSTOMERS: readonly Customer[] = [
  { id: 1, name: 'Customer 1' },
  { id: 2, name: 'Customer 2' },
  { id: '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a', name: 'Customer 3' },
]

/** The customer with that id, compared as a string; null when there is none. */
export const findCustomer = (id: unknown): Customer | null =>
  CUSTOMERS.find((customer) => String(customer.id) === String(id)) ?? null

/**
 * The customer with that id, compared as a string.
 * @throws {CartEchoServerError} `unknown-customer`
 */
export const knownCustomer = (id: Id): Customer => {
  const customer = findCustomer(id)
  if (customer) return customer
  const ids = CUSTOMERS.map((one) => one.id).join(', ')
  throw new CartEchoServerError('unknown-customer', `There is no customer ${id}. There are: ${ids}.`)
}

/** The private channel of a customer, without `private-`. Source: Laravel. */
export const channelOf = (customer: Customer): string => `App.Models.User.${customer.id}`
