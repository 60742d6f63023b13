import type { Id } from '../../engine/events'
import { type Carts, type CartsBackup, createCarts } from './carts'
import { createLogBook, type LogBackup, type LogBook, type LogOptions, type OwnerLog } from './owner-log'
import { CUSTOMERS, type Customer, createSessions, knownCustomer, type Sessions } from './sessions'

/** Carts and logs as they stood at one time. To be kept and given back, not to be looked into. */
export interface Backup {
  readonly carts: CartsBackup
  readonly logs: LogBackup
}

/** Everything a shop remembers. */
export interface Memory {
  readonly carts: Carts
  readonly logs: LogBook
  readonly sessions: Sessions
  backup(): Backup
  /** Puts carts and logs back. Sessions stay: they live elsewhere than the database. */
  restore(backup: Backup): void
  /** Everything is as when the shop opened, and nobody is logged in. */
  forget(): void
}

/** The memory of a shop that has just opened. */
export const createMemory = (options: LogOptions = {}): Memory => {
  const [carts, logs, sessions] = [createCarts(), createLogBook(options), createSessions(options)]
  const backup = (): Backup => ({ carts: carts.backup(), logs: logs.backup() })
  const restore = (older: Backup): void => {
    carts.restore(older.carts)
    logs.restore(older.logs)
  }
  const opened = backup()
  return {
    carts,
    logs,
    sessions,
    backup,
    restore,
    forget: () => {
      restore(opened)
      sessions.clear()
    },
  }
}

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
