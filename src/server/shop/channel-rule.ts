import { type Customer, channelOf } from './customers'

/**
 * How a channel's id is compared with the customer's. `exact`: as strings. `stock`: as Laravel's own rule does, by an
 * integer cast, which lets user 1 onto `User.01` and strangers with UUIDv7 ids onto each other's channels.
 */
export type ChannelRule = 'exact' | 'stock'

/** True when a customer may hear a private channel. */
export const mayHear = (rule: ChannelRule, customer: Customer, channel: string): boolean => {
  if (rule === 'exact') return channel === `private-${channelOf(customer)}`
  const [, id] = /^private-App\.Models\.User\.([^.]+)$/.exec(channel) ?? []
  return id !== undefined && phpInteger(id) === phpInteger(String(customer.id))
}

/** What PHP's `(int)` makes of a text: the digits it begins with. */
const phpInteger = (text: string): number => Number(/^\s*[+-]?\d+/.exec(text)?.[0] ?? 0)
