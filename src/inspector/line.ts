import type { CartEchoError } from '../engine/errors'
import type { Entry, Way } from '../trace/entries'

const BY: Readonly<Record<Way, string>> = { socket: 'the socket', check: 'the check', tab: 'another tab' }

const PHASES = {
  begun: 'Refresh begun',
  done: 'Refresh done',
  skipped: 'Refresh skipped: a listener of the page prevented it',
  failed: 'Refresh failed',
  dropped: 'Refresh dropped: another customer looks, or the page stopped',
} as const

/** One entry in one line, without its time. */
export const lineOf = (entry: Entry): string => {
  switch (entry.name) {
    case 'heard':
      return `Heard ${whatOf(entry)} by ${BY[entry.way]}`
    case 'duplicate':
      return `Duplicate: ${whatOf(entry)} was known already, or came too late`
    case 'unreadable':
      return `Unreadable: ${entry.event} could not be decoded`
    case 'other-cart':
      return `Not for this cart: ${whatOf(entry)} is of another of the customer’s carts`
    case 'gap':
      return `Gap: ${whatOf(entry)} waits for what comes before it`
    case 'filled':
      return 'Gap closed: nothing is missing any more'
    case 'forgotten':
      return 'Gap given up: what waited was let go'
    case 'told':
      return `Told ${whatOf(entry)}, heard by ${BY[entry.way]}`
    case 'resync':
      return 'Resync: something may be missing'
    case 'asked':
      return `Asked the check${entry.since ? ` since ${entry.since}` : ''}`
    case 'answered':
      return `Answered${took(entry.tookMs)}: ${many(entry.events, 'change')}${entry.tookMs === null ? ', asked by another tab' : ''}`
    case 'unanswered':
      return `Not answered${took(entry.tookMs)}${entry.error ? `: ${codeOf(entry.error)}` : ''}`
    case 'reset':
      return 'Reset: the log could not be continued; the cart is read anew'
    case 'refresh':
      return PHASES[entry.phase]
    case 'connection':
      return `Connection ${entry.connection.name}: ${entry.connection.reason}`
    case 'tabs':
      return `Tabs: ${many(entry.tabs.others.length, 'other')} heard`
    case 'handed-over':
      return entry.tabs.leader === entry.tabs.self
        ? 'Handed over: this tab leads now'
        : 'Handed over: another tab leads now'
    case 'customer':
      return 'Another customer looks, or nobody: the payloads and errors of the one before are forgotten'
    case 'error':
      return `Error ${codeOf(entry.error)}`
  }
}

/** The code of an error, with the HTTP status behind it, if there was one. */
export const codeOf = ({ code, status }: CartEchoError): string =>
  status === undefined ? code : `${code} (HTTP ${status})`

/**
 * What came from outside, with what nobody sees in it as `\\u202e`: control characters, and those that turn other text round
 * (https://www.unicode.org/reports/tr9/#Directional_Formatting_Codes) or have no width. Joiners stay, which scripts and emoji need.
 */
export const visible = (text: string): string => text.replace(UNSEEN, (sign) => sign.split('').map(escaped).join(''))

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

const UNSEEN = /(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu

/** A number of things. */
export const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** The time of day, with seconds. */
export const timeOf = (atMs: number): string => new Date(atMs).toLocaleTimeString('en-GB')

/** A time that something took: `43 ms`, `1.2 s`, `3 min`. */
export const lastedOf = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`
}

const whatOf = ({ event, place }: { readonly event: string; readonly place: string | null }): string =>
  place ? `${event} ${place}` : event

const took = (ms: number | null): string => (ms === null ? '' : ` after ${lastedOf(ms)}`)
