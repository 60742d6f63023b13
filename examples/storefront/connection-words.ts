import type { Connection } from 'cart-echo'

/** A connection in a shopper's words. */
export interface ConnectionWords {
  readonly name: string
  readonly reason: string
  /** When it goes on by itself; empty where there is nothing to wait for. */
  readonly next: string
}

/** Says how the page is fed, why so, and what comes next. */
export const inWords = (connection: Connection, nextTryAtMs: number | null, nowMs: number): ConnectionWords => ({
  name: NAMES[connection.name],
  reason: REASONS[connection.reason],
  next: nextOf(connection, nextTryAtMs, nowMs),
})

const nextOf = ({ name }: Connection, nextTryAtMs: number | null, nowMs: number): string => {
  if (name === 'polling') return `Asks again ${when(nextTryAtMs, nowMs, 'when you look')}.`
  if (name === 'waiting') return `Tries again ${when(nextTryAtMs, nowMs, 'by itself')}.`
  return ''
}

const when = (atMs: number | null, nowMs: number, otherwise: string): string => {
  if (atMs === null) return otherwise
  const seconds = Math.ceil((atMs - nowMs) / 1_000)
  return seconds > 0 ? `in ${seconds} s` : 'now'
}

const NAMES: Record<Connection['name'], string> = {
  idle: 'Off',
  connecting: 'Connecting',
  live: 'Live',
  polling: 'Asking',
  waiting: 'Waiting',
  refused: 'Stopped',
}

// Complete: a reason without words does not compile.
const REASONS: Record<Connection['reason'], string> = {
  'not-started': 'Nobody has started it.',
  'no-user': 'Nobody is logged in.',
  'switched-off': 'The shop has switched this off for now.',
  'no-browser': 'There is no page.',
  loading: 'Getting ready.',
  prerendering: 'Nobody has opened this page yet.',
  'finding-echo': 'Getting ready.',
  'opening-socket': 'Calling the shop.',
  subscribing: 'Joining your channel.',
  subscribed: 'Changes show at once.',
  'socket-lost': 'The connection was lost.',
  'no-socket': 'There is no live connection here.',
  'no-broadcasts': 'The live connection brings nothing.',
  'no-answer': 'The shop did not confirm your channel.',
  'no-echo': 'The live connection could not be loaded.',
  'no-real-time': 'The shop sends nothing live.',
  'no-web-socket': 'Your network allows no live connection.',
  'authorisation-failed': 'The shop could not open your channel.',
  'not-authorised': 'The shop refused your channel.',
  'session-over': 'You are logged out. Choose who is shopping.',
  'page-expired': 'This page is too old. Load it again.',
  'page-conflict': 'This page belongs to two customers. Load it again.',
  'other-user': 'Somebody else has logged in. Load this page again.',
  'signature-refused': 'The live connection was refused.',
  'origin-refused': 'The live connection is not for this address.',
  'socket-refused': 'The live connection was refused.',
  'over-capacity': 'Too many people are connected.',
  'unknown-app': 'The live connection is set up wrongly.',
  'echo-failed': 'The live connection failed.',
  misconfigured: 'The shop’s address is wrong.',
  blocked: 'Something stands between you and the shop.',
  'check-failed': 'The shop does not answer.',
  'check-refused': 'The shop refuses to answer.',
  'check-busy': 'The shop is busy.',
  'not-loaded': 'A part of this page could not be loaded.',
}
