import { describe, expect, it } from 'vitest'
import * as customers from '../../src/engine/customer'
import { type PageIdentity, readShopper } from '../../src/engine/identity'

type Customer = ReturnType<typeof customers.newCustomer>

const newCustomer = (identity: PageIdentity): Customer => customers.newCustomer(readShopper(identity))

const identified = (before: Customer, identity: PageIdentity): Customer =>
  customers.identified(before, readShopper(identity, before.shopper))

describe('whoever is looking', () => {
  it('is the same customer, and keeps the memory, when the page says less, or writes the id otherwise', () => {
    const customer = newCustomer({ user: 7, owner: 'mine', cursor: 'e1:3' })
    const next = identified(customer, { user: '7' })
    expect(next.memory).toBe(customer.memory)
    expect(next.shopper.owner).toBe('mine')
  })

  it.each([
    ['another user', { user: 8 }],
    ['nobody', { user: null }],
    ['another owner', { user: 7, owner: 'theirs' }],
  ])('is another one, and remembers nothing, as %s', (_what, identity) => {
    const customer = newCustomer({ user: 7, owner: 'mine', cursor: 'e1:3' })
    const next = identified(customer, { ...identity, cursor: 'e2:1' })
    expect(next.memory).not.toBe(customer.memory)
    expect(next.memory.stream.cursor).toEqual({ epoch: 'e2', seq: 1 })
  })

  it('is known by the owner that the check taught, which the siblings may not know', () => {
    const customer = newCustomer({ user: 7 })
    customer.memory.stream = { ...customer.memory.stream, owner: 'mine' }
    const next = identified(customer, { user: 7 })
    expect(next.shopper.owner).toBeNull()
    expect(identified(customer, { user: 7, owner: 'theirs' }).memory).not.toBe(customer.memory)
  })

  it('keeps live updates switched off until the page says otherwise', () => {
    const customer = newCustomer({ user: 7, enabled: false })
    expect(identified(customer, { user: 7 }).shopper.enabled).toBe(false)
    expect(identified(customer, { user: 8, enabled: true }).shopper.enabled).toBe(true)
  })
})
