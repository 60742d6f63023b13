import { CUSTOMERS, type Customer } from './customers'
import type { LogEntry, LogView } from './log-answer'
import { createOwnerLog, type LogOptions, type LogPlace, type OwnerLog } from './owner-log'

/** Something that went into somebody's log, for the shop's own people. */
export interface LogLine {
  readonly customer: Customer
  readonly entry: LogEntry
}

/** All logs as they stood at one time. */
export interface LogBackup {
  readonly views: readonly { readonly customer: Customer; readonly view: LogView }[]
  readonly lines: readonly LogLine[]
}

/** The logs of all customers. */
export interface LogBook {
  of(customer: Customer): OwnerLog
  append(customer: Customer, event: string, payloadAt: (place: LogPlace) => unknown): LogEntry
  /** The newest lines of all logs, newest first. */
  newest(): readonly LogLine[]
  /** Every line that is kept, by customers in their order, oldest first. */
  lines(): readonly LogLine[]
  backup(): LogBackup
  restore(backup: LogBackup): void
}

const SHOWN_LINES = 20

/** An empty book with a log for every customer. */
export const createLogBook = (options: LogOptions = {}): LogBook => {
  const logs = new Map<Customer, OwnerLog>()
  let newest: readonly LogLine[] = []

  const of = (customer: Customer): OwnerLog => {
    const log = logs.get(customer) ?? createOwnerLog(options)
    logs.set(customer, log)
    return log
  }

  return {
    of,
    append: (customer, event, payloadAt) => {
      const entry = of(customer).append(event, payloadAt)
      newest = [{ customer, entry }, ...newest].slice(0, SHOWN_LINES)
      return entry
    },
    newest: () => newest,
    lines: () =>
      CUSTOMERS.flatMap((customer) =>
        of(customer)
          .view()
          .entries.map((entry) => ({ customer, entry })),
      ),
    backup: () => ({
      views: CUSTOMERS.map((customer) => ({ customer, view: of(customer).view() })),
      lines: newest,
    }),
    restore: ({ views, lines }) => {
      for (const { customer, view } of views) of(customer).restore(view)
      newest = lines
    },
  }
}
