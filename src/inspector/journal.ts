import type { CartEchoError } from '../engine/errors'
import type { Connection } from '../engine/state'
import type { TabsSeen } from '../engine/trace'
import { createClockDifference } from '../trace/clock-difference'
import type { Entry, Way } from '../trace/entries'
import { areEnough, type Sample } from './latency'

/** How much is remembered: as many entries as these, of as many milliseconds, with the payloads, errors and times of delivery of the newest. */
export const KEPT = { entries: 2_000, forMs: 600_000, payloads: 20, errors: 20, samples: 200 } as const

/** A clock that is put right goes back by less. One that was set back has what happened before in the future, where no timeline has room for it. */
const SLEWED_MS = 1_000

/** A broadcast as it came, and what was wrong with it; null when it could be read. */
export interface Received {
  readonly atMs: number
  readonly way: Way
  readonly event: string
  readonly place: string | null
  readonly payload: unknown
  readonly error: CartEchoError | null
}

/** What was counted since the inspector was opened. */
export interface Totals {
  readonly heard: Readonly<Record<Way, number>>
  readonly told: Readonly<Record<Way, number>>
  readonly duplicates: number
  readonly unreadable: number
  readonly gaps: number
  readonly resyncs: number
  readonly asks: number
  readonly unanswered: number
  readonly resets: number
  readonly refreshes: number
  readonly refreshesFailed: number
  /** How often it became live, but for the first time. */
  readonly reconnects: number
  readonly handOvers: number
  readonly errors: number
}

/** What happened to a cart lately, in bounded memory. */
export interface Journal {
  readonly add: (entry: Entry) => void
  /** Rises with every entry. */
  readonly version: () => number
  /** Lets go of what may say something of the customer: payloads, and errors, which quote them. */
  readonly forgetCustomer: () => void
  /** In their order. Those that were `heard` have no payload in here. */
  readonly entries: () => readonly Entry[]
  /** The connection when the oldest of the entries came; null where one of them is the first that is known. */
  readonly before: () => Connection | null
  /** Newest first, as all lists below. */
  readonly received: () => readonly Received[]
  readonly errors: () => readonly (Entry & { readonly name: 'error' })[]
  readonly samples: () => readonly Sample[]
  /** How far the server's clock is behind this machine's, and what the fastest change lately took, in one; null as long as fewer than two came live. */
  readonly offsetMs: () => number | null
  readonly totals: () => Totals
  /** The tabs, once there are several. */
  readonly tabs: () => TabsSeen | null
}

/** Whether whoever looks from then on may be another than before. */
export const isFarewell = (entry: Entry): boolean =>
  entry.name === 'customer' || (entry.name === 'connection' && entry.connection.reason === 'session-over')

/** Begins one. */
export const createJournal = (): Journal => {
  const entries: Entry[] = []
  const received: Received[] = []
  const errors: (Entry & { readonly name: 'error' })[] = []
  const samples: Sample[] = []
  const clocks = createClockDifference()
  const totals = newTotals()
  let version = 0
  let before: Connection | null = null
  let tabs: TabsSeen | null = null
  let wasLive = false

  const forgetCustomer = (): void => {
    version += 1
    received.length = 0
    errors.length = 0
  }

  const hearConnection = ({ name }: Connection): void => {
    if (name === 'live') {
      if (wasLive) totals.reconnects += 1
      wasLive = true
    }
    // Tabs are named anew with each session.
    if (name === 'idle') tabs = null
  }

  const hearError = (entry: Entry & { readonly name: 'error' }): void => {
    keep(errors, entry, KEPT.errors)
    const [newest] = received
    // What could not be read is reported right after it.
    if (newest && !newest.error && entry.error.code === 'invalid-payload' && entries.at(-1)?.name === 'unreadable')
      received[0] = { ...newest, error: entry.error }
  }

  const note = (entry: Entry): void => {
    count(totals, entry)
    if (entry.name === 'heard') keep(received, receivedOf(entry), KEPT.payloads)
    else if (entry.name === 'error') hearError(entry)
    else if (entry.name === 'connection') hearConnection(entry.connection)
    else if (entry.name === 'tabs' || entry.name === 'handed-over')
      tabs = entry.tabs.leader !== null || entry.tabs.others.length > 0 ? entry.tabs : null
    else if (entry.name === 'told' && entry.sentAtMs !== null) {
      const measured = clocks.measure(entry.sentAtMs, entry.atMs)
      if (measured) keep(samples, { way: entry.way, tookMs: measured.tookMs }, KEPT.samples)
    }
  }

  const forget = (nowMs: number): void => {
    for (let oldest = entries[0]; oldest; oldest = entries[0]) {
      const agoMs = nowMs - oldest.atMs
      if (entries.length <= KEPT.entries && agoMs <= KEPT.forMs && agoMs >= -SLEWED_MS) return
      if (oldest.name === 'connection') before = oldest.connection
      entries.shift()
    }
  }

  return {
    add: (entry) => {
      version += 1
      const last = entries.at(-1)
      // The clock was set back: what it said before cannot be compared with what it says now.
      if (last && last.atMs > entry.atMs + SLEWED_MS) samples.length = 0
      note(entry)
      if (isFarewell(entry)) forgetCustomer()
      entries.push(entry.name === 'heard' ? { ...entry, payload: undefined } : entry)
      forget(entry.atMs)
    },
    forgetCustomer,
    version: () => version,
    entries: () => entries,
    before: () => before,
    received: () => received,
    errors: () => errors,
    samples: () => samples,
    offsetMs: () => (areEnough(samples) ? clocks.leastMs() : null),
    totals: () => totals,
    tabs: () => tabs,
  }
}

const keep = <Item>(items: Item[], newest: Item, most: number): void => {
  items.unshift(newest)
  if (items.length > most) items.length = most
}

const receivedOf = ({ name: _, ...heard }: Entry & { readonly name: 'heard' }): Received => ({ ...heard, error: null })

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] extends number ? number : Record<Way, number> }

const newTotals = (): Mutable<Totals> => ({
  heard: { socket: 0, check: 0, tab: 0 },
  told: { socket: 0, check: 0, tab: 0 },
  duplicates: 0,
  unreadable: 0,
  gaps: 0,
  resyncs: 0,
  asks: 0,
  unanswered: 0,
  resets: 0,
  refreshes: 0,
  refreshesFailed: 0,
  reconnects: 0,
  handOvers: 0,
  errors: 0,
})

const COUNTED = {
  duplicate: 'duplicates',
  unreadable: 'unreadable',
  gap: 'gaps',
  resync: 'resyncs',
  asked: 'asks',
  unanswered: 'unanswered',
  reset: 'resets',
  'handed-over': 'handOvers',
  error: 'errors',
} as const

const count = (totals: Mutable<Totals>, entry: Entry): void => {
  if (entry.name === 'heard' || entry.name === 'told') totals[entry.name][entry.way] += 1
  else if (entry.name === 'refresh' && entry.phase === 'done') totals.refreshes += 1
  else if (entry.name === 'refresh' && entry.phase === 'failed') totals.refreshesFailed += 1
  else if (entry.name in COUNTED) totals[COUNTED[entry.name as keyof typeof COUNTED]] += 1
}
