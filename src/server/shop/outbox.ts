import type { Publication } from '../reverb/publication'
import type { LogEntry } from './log-answer'
import type { LogBook, LogLine } from './owner-log'
import { type Customer, channelOf } from './sessions'

/** What an outbox works on. */
export interface OutboxOptions {
  readonly logs: LogBook
  /** Gives true when the socket server has taken it. */
  broadcast(publication: Publication): boolean
  /** The server's clock. */
  now(): number
}

/** Knows of every log entry whether it went out. */
export interface Outbox {
  /** Broadcasts an entry, with the very bytes that are in the log. */
  send(customer: Customer, entry: LogEntry): void
  /** When an entry went out; null while it has not. */
  publishedAtMs(entry: LogEntry): number | null
  /** Broadcasts everything again that did not go out. Gives how many went out now. */
  sweep(): number
}

/** An outbox in which nothing waits. What is pruned before it went out is never sent. */
export const createOutbox = ({ logs, broadcast, now }: OutboxOptions): Outbox => {
  const published = new WeakMap<LogEntry, number>()

  const send = (customer: Customer, entry: LogEntry): void => {
    const { event, data } = entry
    if (broadcast({ event, data, channels: [`private-${channelOf(customer)}`] })) published.set(entry, now())
  }

  const isWaiting = ({ entry }: LogLine): boolean => !published.has(entry)

  return {
    send,
    publishedAtMs: (entry) => published.get(entry) ?? null,
    sweep: () => {
      const waiting = logs.lines().filter(isWaiting)
      for (const { customer, entry } of waiting) send(customer, entry)
      return waiting.filter((line) => !isWaiting(line)).length
    },
  }
}

/** How often an outbox is swept by itself. Source: LARAVEL, "Outbox". */
export const SWEEP_OUTBOX_EVERY_MS = 30_000

/** Sweeps every so often. Returns a function that stops it; calling it again does nothing. */
export const startSweeper = ({ sweep }: Pick<Outbox, 'sweep'>, everyMs: number): (() => void) => {
  const timer = setInterval(sweep, everyMs)
  return () => clearInterval(timer)
}
