import type { Id } from '../../engine/events'
import { CONDITIONS, formatWorth } from './cart'
import type { Carts } from './carts'
import type { Outbox } from './outbox'
import type { LogBook } from './owner-log'

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
    /** When it went out to the sockets; null while it has not. */
    readonly published_at_ms: number | null
    readonly payload: unknown
  }[]
}

/** What the shop's people see is read from. */
interface ShopStateOptions {
  readonly carts: Carts
  readonly logs: LogBook
  readonly outbox: Outbox
  sockets(): number
}

/** The shop as it stands. */
export const shopState = ({ carts, logs, outbox, sockets }: ShopStateOptions): ShopState => {
  const all = carts.all()
  return {
    carts: all.length,
    sockets: sockets(),
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
      published_at_ms: outbox.publishedAtMs(entry),
      payload: JSON.parse(entry.data),
    })),
  }
}
