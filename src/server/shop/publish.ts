import { randomUUID } from 'node:crypto'
import type { Id } from '../../engine/events'
import { isObject } from '../http/call'
import type { Publication } from '../reverb/publication'
import type { LogEntry } from './log-answer'
import type { Outbox } from './outbox'
import { keepsLog, type Level, type LogBook, type LogPlace } from './owner-log'
import { type Customer, channelOf, knownCustomer } from './sessions'

/** Logs one change of a customer and hands it to their sockets. */
export type Tell = (customer: Customer, event: string, payloadAt: (place: LogPlace) => unknown) => LogEntry

/** What `createTell` works on. */
interface TellOptions {
  readonly logs: LogBook
  readonly outbox: Outbox
}

/** The one way from the shop to its customers: first into the log, then, with the very same bytes, to the sockets. */
export const createTell =
  ({ logs, outbox }: TellOptions): Tell =>
  (customer, event, payloadAt) => {
    const entry = logs.append(customer, event, payloadAt)
    outbox.send(customer, entry)
    return entry
  }

/** Where a published event stands, and when it was handed to the sockets. */
export interface Published {
  readonly seq: number
  readonly publishedAtMs: number
}

/**
 * Publishes an event of one's own to a customer, through the log like any other. On a server that keeps a log the
 * payload's `cart_echo` block gets its place in it.
 * @throws {CartEchoServerError} `unknown-customer`
 */
export type Publish = (customer: Id, event: string, payload: Readonly<Record<string, unknown>>) => Published

/** What `createPublish` works on. */
interface PublishOptions {
  readonly tell: Tell
  readonly level: Level
}

/** See `Publish`. */
export const createPublish =
  ({ tell, level }: PublishOptions): Publish =>
  (id, event, payload) => {
    const publishedAtMs = Date.now()
    const placed = (place: LogPlace): unknown => (keepsLog(level) ? withPlace(payload, place) : payload)
    return { seq: tell(knownCustomer(id), event, placed).seq, publishedAtMs }
  }

const withPlace = (payload: Readonly<Record<string, unknown>>, place: LogPlace): unknown => {
  const block = isObject(payload.cart_echo) ? payload.cart_echo : {}
  return { ...payload, cart_echo: { id: randomUUID(), sent_at_ms: Date.now(), ...block, ...place } }
}

/**
 * Hands an event to a customer's sockets and to nothing else: no log knows it, no check will tell it.
 * @throws {CartEchoServerError} `unknown-customer`
 */
export type Broadcast = (customer: Id, event: string, payload: unknown) => void

/** See `Broadcast`. */
export const createBroadcast =
  (broadcast: (publication: Publication) => boolean): Broadcast =>
  (id, event, payload) => {
    broadcast({ event, data: JSON.stringify(payload), channels: [`private-${channelOf(knownCustomer(id))}`] })
  }

/** What Laravel's request line and headers take of a publish, in bytes, about. */
const HEAD_BYTES = 390

/**
 * True when Reverb would refuse a publish of Laravel's with 413. The shop hands its events over without a request, and
 * must not get through what Laravel would not. Recorded: Reverb 1.10.2.
 */
export const isTooLarge = ({ event, data, channels }: Publication, maxBytes: number): boolean =>
  HEAD_BYTES + Buffer.byteLength(JSON.stringify({ name: event, data, channels })) > maxBytes
