import { type Connection, errorOf } from '../engine/state'
import type { Entry } from '../trace/entries'
import { explain } from './explain'
import type { Journal } from './journal'
import { delaysOf } from './latency'
import { codeOf, lastedOf, many } from './line'

/** What a report is made of. */
export interface ReportSource {
  readonly journal: Journal
  readonly connection: Connection
  readonly nextTryAtMs: number | null
  readonly nowMs: number
  readonly version: string
}

/** How many entries a report ends with. */
const LAST = 60

/**
 * What is going on, as plain text for a colleague or an issue. Nothing in it says who looks, or at which shop: states, reasons, codes, counts, times, the
 * version, the browser. No address, no text of an error (it may quote a payload), no name of an event, no place in a log, no payload.
 */
export const reportOf = ({ journal, connection, nextTryAtMs, nowMs, version }: ReportSource): string => {
  const { title, what, next } = explain(connection)
  const error = errorOf(connection)
  const lines = [
    `cart-echo ${version}, ${new Date(nowMs).toISOString()}`,
    browserOf(),
    '',
    `${title} (${connection.name}: ${connection.reason}) for ${lastedOf(nowMs - connection.sinceMs)}`,
    what,
    nextTryAtMs === null ? next : `${next} Next try in ${lastedOf(Math.max(0, nextTryAtMs - nowMs))}.`,
    ...(error ? [`Error ${codeOf(error)}`] : []),
    tabsOf(journal),
    '',
    ...countsOf(journal),
    'Delays are those beyond the fastest change: median, and most.',
    '',
    `The last ${LAST} lines at most, in seconds before now:`,
    ...journal
      .entries()
      .slice(-LAST)
      .map((entry) => `${((entry.atMs - nowMs) / 1_000).toFixed(2)} ${briefOf(entry)}`),
  ]
  return `${lines.join('\n')}\n`
}

/** Which of the shopper's tabs leads, in words. */
export const tabsOf = (journal: Pick<Journal, 'tabs'>): string => {
  const tabs = journal.tabs()
  if (!tabs) return 'No other tab was heard: this one feeds itself.'
  const others = `${many(tabs.others.length, 'other tab')} heard`
  if (tabs.leader === null) return `No tab leads yet; ${others}.`
  return tabs.leader === tabs.self ? `This tab leads; ${others}.` : `Another tab leads; ${others}.`
}

/** What was counted, a line each: name and number. */
export const figuresOf = (
  journal: Pick<Journal, 'totals' | 'samples' | 'offsetMs'>,
): readonly (readonly [string, string])[] => {
  const totals = journal.totals()
  const delays = (how: 'live' | 'check'): string => {
    const found = delaysOf(journal.samples(), journal.offsetMs(), how)
    return found ? `${lastedOf(found.medianMs)}, at most ${lastedOf(found.mostMs)}` : 'not known yet'
  }
  const { heard, told } = totals
  return [
    ['Heard by the socket', `${heard.socket}`],
    ['Heard by another tab', `${heard.tab}`],
    ['Told live', `${told.socket + told.tab}`],
    ['Told by the check', `${told.check}`],
    ['Duplicates', `${totals.duplicates}`],
    ['Unreadable', `${totals.unreadable}`],
    ['Gaps', `${totals.gaps}`],
    ['Resyncs', `${totals.resyncs}`],
    ['Asks', `${totals.asks}`],
    ['Not answered', `${totals.unanswered}`],
    ['Resets', `${totals.resets}`],
    ['Refreshes', `${totals.refreshes}`],
    ['Refreshes failed', `${totals.refreshesFailed}`],
    ['Live again', `${totals.reconnects}`],
    ['Hand-overs', `${totals.handOvers}`],
    ['Errors', `${totals.errors}`],
    ['Delay, live', delays('live')],
    ['Delay, by the check', delays('check')],
  ]
}

const countsOf = (journal: Journal): string[] => figuresOf(journal).map(([name, value]) => `${name}: ${value}`)

/** An entry without anything of the shop's own. */
const briefOf = (entry: Entry): string => {
  switch (entry.name) {
    case 'heard':
    case 'told':
      return `${entry.name} ${entry.way}`
    case 'answered':
      return `answered ${entry.events}${entry.tookMs === null ? '' : ` in ${lastedOf(entry.tookMs)}`}`
    case 'unanswered':
      return `unanswered${entry.error ? ` ${codeOf(entry.error)}` : ''}`
    case 'refresh':
      return `refresh ${entry.phase}`
    case 'connection':
      return `connection ${entry.connection.name}: ${entry.connection.reason}`
    case 'tabs':
    case 'handed-over':
      return `${entry.name}, ${entry.tabs.leader === entry.tabs.self ? 'leads' : 'follows'}, ${entry.tabs.others.length} others`
    case 'error':
      return `error ${codeOf(entry.error)}`
    default:
      return entry.name
  }
}

const browserOf = (): string => {
  const { navigator, document, isSecureContext } = globalThis
  const agent = navigator?.userAgent ?? 'no browser'
  return `${agent}; ${navigator?.onLine === false ? 'offline' : 'online'}, ${document?.visibilityState ?? 'no page'}, ${isSecureContext ? 'secure' : 'not a secure context'}`
}
