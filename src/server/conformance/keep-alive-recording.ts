import { type EntryPatterns, type RecordedSection, readByPatterns, readLines } from './recording'

/** What a line of keep-alive.txt means. `socket` says what that client does: `answers-pusher:pong`. */
export type KeepAliveEntry =
  | { readonly kind: 'greeted'; readonly socket: string }
  | { readonly kind: 'subscribed'; readonly socket: string; readonly channel: string }
  | { readonly kind: 'heard'; readonly socket: string }
  | { readonly kind: 'answered'; readonly socket: string }
  | { readonly kind: 'states'; readonly states: readonly number[] }

const PATTERNS: EntryPatterns<KeepAliveEntry> = [
  [/^states ([\d,]+)$/, (states = '') => ({ kind: 'states', states: states.split(',').map(Number) })],
  [/^(\S+)\s+<- .*pusher:connection_established/, (socket = '') => ({ kind: 'greeted', socket })],
  [
    /^(\S+)\s+<- .*:subscription_succeeded.*"channel":"([^"]+)"/,
    (socket = '', channel = '') => ({ kind: 'subscribed', socket, channel }),
  ],
  [/^(\S+)\s+-> pusher:pong$/, (socket = '') => ({ kind: 'answered', socket })],
  [/^(\S+)\s+(?:<-|CLOSE) .*$/, (socket = '') => ({ kind: 'heard', socket })],
]

/**
 * Reads keep-alive.txt: what six clients heard in three and a half minutes.
 * @throws {Error} when a line cannot be read
 */
export const readKeepAlive = (text: string): RecordedSection<KeepAliveEntry> => ({
  name: 'keep-alive',
  title: 'who is pinged, who is ended',
  lines: readLines(text.split('\n'), readByPatterns(PATTERNS)),
})
