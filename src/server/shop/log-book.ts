import type { Customer } from './customers'
import type { LogEntry } from './log-answer'
import { createOwnerLog, type LogPlace, type OwnerLog } from './owner-log'

/** Something that went into somebody's log, for the shop's own people. */
export interface LogLine {
  readonly customer: Customer
  readonly entry: LogEntry
}

/** The logs of all customers. */
export interface LogBook {
  of(customer: Customer): OwnerLog
  append(customer: Customer, event: string, payloadAt: (place: LogPlace) => unknown): LogEntry
  /** The newest lines of all logs, newest first. */
  newest(): readonly LogLine[]
}

const KEPT_LINES = 20

/** An empty book; a customer's log is there when first asked for. */
export const createLogBook = (): LogBook => {
  const logs = new Map<Customer, OwnerLog>()
  let lines: readonly LogLine[] = []

  const of = (customer: Customer): OwnerLog => {
    const log = logs.get(customer) ?? createOwnerLog()
    logs.set(customer, log)
    return log
  }

  return {
    of,
    append: (customer, event, payloadAt) => {
      const entry = of(customer).append(event, payloadAt)
      lines = [{ customer, entry }, ...lines].slice(0, KEPT_LINES)
      return entry
    },
    newest: () => lines,
  }
}
