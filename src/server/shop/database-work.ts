import type { Id } from '../../engine/events'
import { CUSTOMERS, type Customer, knownCustomer } from './customers'
import type { Backup, Memory } from './memory'
import type { OwnerLog } from './owner-log'

/** What the shop's administrators do to its database. */
export interface DatabaseWork {
  /**
   * Forgets all but the newest `keep` log entries of a customer; null: of all. Their heads stay known.
   * @throws {CartEchoServerError} `unknown-customer`
   */
  prune(customer: Id | null, keep: number): void
  /**
   * Starts a new life of a customer's counter, under another epoch; null: of all.
   * @throws {CartEchoServerError} `unknown-customer`
   */
  newEpoch(customer: Id | null): void
  /** Carts and logs as they stand. */
  backup(): Backup
  /** Puts carts and logs back as they stood. Numbers given out since are given out again. */
  restore(backup: Backup): void
}

/** The work on a shop's database. */
export const createDatabaseWork = ({ logs, backup, restore }: Memory): DatabaseWork => {
  const forEach = (customer: Id | null, work: (log: OwnerLog) => void): void => {
    for (const one of chosen(customer)) work(logs.of(one))
  }
  return {
    prune: (customer, keep) => forEach(customer, (log) => log.prune(keep)),
    newEpoch: (customer) => forEach(customer, (log) => log.renew()),
    backup,
    restore,
  }
}

const chosen = (customer: Id | null): readonly Customer[] => (customer === null ? CUSTOMERS : [knownCustomer(customer)])
