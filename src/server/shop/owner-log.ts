import { createHmac, randomBytes } from 'node:crypto'
import { answerSince, type LogAnswer, type LogEntry, type LogView } from './log-answer'
import { CUSTOMERS, type Customer } from './sessions'

/** Where an entry stands: handed to whoever writes its payload. */
export interface LogPlace {
  readonly epoch: string
  readonly seq: number
}

/** One owner's changes in their order. */
export interface OwnerLog {
  /** The cursor of the last entry, `:0` before the first. A pruned log still knows it. */
  head(): string
  /** The newest entry; null when nothing is kept. */
  newest(): LogEntry | null
  /** Gives out the next number, asks for the payload that carries it, and keeps it. */
  append(event: string, payloadAt: (place: LogPlace) => unknown): LogEntry
  /** Everything after a cursor, as docs/protocol.md has it; null asks for nothing but the head. */
  since(cursor: string | null): LogAnswer
  /** The log as it stands. */
  view(): LogView
  /** Forgets all but the newest `count` entries. */
  prune(count: number): void
  /** Starts a new life: no entries, the count from 0, under another epoch. */
  renew(): void
  /** Goes back to what a view shows, its epoch included: what a database does that is restored. */
  restore(view: LogView): void
}

/** How many entries a log keeps by itself. */
export const KEPT_ENTRIES = 1_000

/** What logs are made with. */
export interface LogOptions {
  /** @default 1000 */
  readonly keptEntries?: number | undefined
  /** The clock entries are stamped by. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** An empty log. Its epoch is drawn with its first entry, as a database draws it with its first row. */
export const createOwnerLog = ({ keptEntries = KEPT_ENTRIES, now = Date.now }: LogOptions = {}): OwnerLog => {
  let view = EMPTY

  const append = (event: string, payloadAt: (place: LogPlace) => unknown): LogEntry => {
    const place = { epoch: view.epoch || newEpoch(), seq: view.seq + 1 }
    // The number is taken only once the payload is written: a payload that throws must leave no gap.
    const entry = { seq: place.seq, event, data: JSON.stringify(payloadAt(place)), atMs: now() }
    view = { ...place, entries: newestOf([...view.entries, entry], keptEntries) }
    return entry
  }

  return {
    head: () => `${view.epoch}:${view.seq}`,
    newest: () => view.entries.at(-1) ?? null,
    append,
    since: (cursor) => answerSince(view, cursor),
    view: () => view,
    prune: (count) => {
      view = { ...view, entries: newestOf(view.entries, count) }
    },
    renew: () => {
      view = { ...EMPTY, epoch: newEpoch() }
    },
    restore: (older) => {
      view = older
    },
  }
}

/** A log before its first entry. */
const EMPTY: LogView = { epoch: '', seq: 0, entries: [] }

const newEpoch = (): string => randomBytes(6).toString('hex')

const newestOf = (entries: readonly LogEntry[], count: number): readonly LogEntry[] =>
  count > 0 ? entries.slice(-count) : []

const [TENANT, GUARD] = ['demo', 'web']

/**
 * Names whose news a log holds, without saying who that is: an HMAC of tenant, guard and id. The guard belongs in it
 * because admin 5 and customer 5 are two people with one number.
 */
export const ownerOf = (secret: string, { id }: Customer): string =>
  createHmac('sha256', secret).update(`owner|${TENANT}|${GUARD}|${id}`).digest('base64url').slice(0, 22)

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

/**
 * How much a server promises (docs/protocol.md). `guide`: broadcast and bare check. `log`: every change in an ordered log the
 * check reads. `outbox`: also, what was not broadcast is broadcast again.
 */
export type Level = 'guide' | 'log' | 'outbox'

/** True for the name of a level. */
export const isLevel = (name: string): name is Level => name === 'guide' || name === 'log' || name === 'outbox'

/** True for the levels on which a change has a place in a log. */
export const keepsLog = (level: Level): boolean => level !== 'guide'
