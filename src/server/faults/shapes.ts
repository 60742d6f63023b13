import { CUSTOMERS, type Customer, findCustomer } from '../shop/customers'
import type { CallSpan } from './call-faults'
import type { EventSpan } from './event-faults'
import type { FaultKind, FaultOf } from './fault'
import {
  address,
  anyMillis,
  body,
  count,
  either,
  type Field,
  filled,
  flag,
  headers,
  millis,
  oneOf,
  only,
  optional,
  whole,
} from './fields'
import type { Span } from './span'

/** The fields of a fault beside its kind. */
export type Shape<F> = { readonly [N in Exclude<keyof F, 'kind'>]-?: Field<F[N]> }

const customer: Field<string | number> = {
  takes: `the id of a customer: ${CUSTOMERS.map(({ id }: Customer) => id).join(', ')}`,
  is: (value): value is string | number =>
    (typeof value === 'string' || typeof value === 'number') && findCustomer(value) !== null,
}

const span: Shape<Span> = { times: optional(count), forMs: optional(millis(1)) }
const eventSpan: Shape<EventSpan> = { ...span, event: optional(filled), customer: optional(customer) }
const callSpan: Shape<CallSpan> = { ...span, customer: optional(customer) }

const target = oneOf('auth', 'check', 'cart', 'shop')
const what = oneOf('everything', 'sockets')
const which = either(oneOf('next'), either(only('nth', count), only('every', count)))
const code = whole(1, 9_999)

/** Every kind of fault, and what its fields take. */
export const SHAPES: { readonly [K in FaultKind]: Shape<FaultOf<K>> } = {
  kill: {},
  refuse: { ...span, what: optional(what) },
  silence: { ...span, sockets: optional(oneOf('open', 'all')) },
  delay: { ...span, ms: millis(), jitterMs: optional(millis()), frames: optional(oneOf('all', 'events')) },
  error: {
    ...span,
    code,
    message: filled,
    at: optional(oneOf('now', 'connect')),
    end: optional(oneOf('stay', 'drop', 'close')),
    closeCode: optional(either(oneOf(1000, 1009, 1011), whole(3_000, 4_999))),
  },
  'reject-signatures': { ...span, customer: optional(customer) },
  drop: {
    ...eventSpan,
    which: optional(either(which, oneOf('last'))),
    noticed: optional(flag),
    quietMs: optional(millis(1)),
  },
  duplicate: { ...eventSpan, which: optional(which), copies: optional(whole(2, 100)) },
  reorder: { ...eventSpan, which: optional(which), after: optional(count) },
  answer: { ...callSpan, on: target, status: whole(200, 599), body: optional(body), headers: optional(headers) },
  hang: { ...callSpan, on: target },
  late: { ...callSpan, on: target, ms: millis(), jitterMs: optional(millis()) },
  slow: { ...callSpan, on: target, bytes: count, everyMs: millis(1) },
  redirect: { ...callSpan, on: target, to: optional(address), status: optional(oneOf(301, 302, 303, 307, 308)) },
  maintenance: {
    ...callSpan,
    on: optional(target),
    retryAfterS: optional(whole(0, 1_000_000)),
    retryAs: optional(oneOf('seconds', 'date')),
  },
  challenge: { ...callSpan, on: optional(target), status: optional(oneOf(403, 503)) },
  'lose-session': { customer },
  'swap-session': { customer, to: customer },
  prune: { customer: optional(customer), keep: optional(whole(0, 1_000_000)) },
  'new-epoch': { customer: optional(customer) },
  backup: {},
  restore: {},
  lag: {
    ...span,
    entries: optional(whole(0, 1_000_000)),
    ms: optional(millis()),
    says: optional(oneOf('cursor', 'reset')),
  },
  policy: {
    ...span,
    enabled: optional(flag),
    pollMs: optional(millis()),
    auditMs: optional(millis()),
    resetSpreadMs: optional(millis()),
  },
  skew: { ...span, ms: anyMillis },
  restart: { downMs: optional(millis()), keep: optional(oneOf('memory', 'nothing')), what: optional(what) },
}
