import { type Carts, type CartsBackup, createCarts } from './carts'
import { createLogBook, type LogBackup, type LogBook } from './log-book'
import type { LogOptions } from './owner-log'
import { createSessions, type Sessions } from './sessions'

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
