import type { Id } from '../../core/events'
import type { Carts } from './carts'
import { CONDITIONS, formatWorth } from './conditions'
import type { LogBook } from './log-book'

/** What the shop's own people see. */
export interface ShopState {
  /** How many carts there are. */
  readonly carts: number
  /** How many sockets are open. */
  readonly sockets: number
  /** Every condition, and how many carts have it. */
  readonly conditions: readonly {
    readonly name: string
    readonly display_name: string
    readonly value: string
    readonly carts: number
  }[]
  /** The newest log entries of all customers, newest first, at most 20. */
  readonly log: readonly {
    readonly customer: Id
    readonly seq: number
    readonly event: string
    readonly at_ms: number
    readonly payload: unknown
  }[]
}

/** The shop as it stands. */
export const shopState = (carts: Carts, logs: LogBook, sockets: number): ShopState => {
  const all = carts.all()
  return {
    carts: all.length,
    sockets,
    conditions: CONDITIONS.map((condition) => ({
      name: condition.name,
      display_name: condition.displayName,
      value: formatWorth(condition),
      carts: all.filter(({ cart }) => cart.conditions.includes(condition)).length,
    })),
    log: logs.newest().map(({ customer, entry }) => ({
      customer: customer.id,
      seq: entry.seq,
      event: entry.event,
      at_ms: entry.atMs,
      payload: JSON.parse(entry.data),
    })),
  }
}
