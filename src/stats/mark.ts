import { type CartEcho, insistOnCart } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import { CartEchoError, wordsOf } from '../engine/errors'
import { attempt, ownOnly } from '../engine/shape'
import type { Connection } from '../engine/state'
import { type Entry, type EntryOf, watchEntries } from '../trace/entries'

/** The options of `mark`. */
export interface MarkOptions {
  /** How many measures of ours stay in the page's performance buffer at most; then all of ours are removed from it, and it goes on. Default 500. */
  limit?: number | undefined
}

/** Colours of the Performance panel (https://developer.chrome.com/docs/devtools/performance/extension). */
type Color = 'primary' | 'primary-light' | 'secondary' | 'tertiary' | 'error'

/** One bar of the panel. */
interface Bar {
  readonly track: 'Changes' | 'Gaps' | 'Check' | 'Connection' | 'Refreshes'
  readonly name: string
  readonly startMs: number
  readonly color: Color
  readonly about: string
  readonly properties?: readonly (readonly [string, string])[]
}

/**
 * Has the browser's Performance panel show, as tracks of the group `cart-echo`, what happens to a page's cart while it is recorded: changes (from when they were
 * held to when they were told), gaps, asks of the check, refreshes, and every state of the connection but `live` and `idle`. They are `performance.measure`s
 * whose names begin with `cart-echo`, and are drawn when they end. No payload is in them, and no place in a log but its number: other scripts may read them.
 *
 * Returns what ends it, and removes them from the buffer; what the panel has recorded stays there. Does nothing where `performance.measure` is missing. Never
 * throws into the page later on.
 * @throws {CartEchoError} `invalid-options` without the cart, and for a `limit` that is not 1 or more.
 */
export const mark = (cart: Pick<CartEcho, 'trace' | 'connection' | 'events'>, options: MarkOptions = {}): Stop => {
  insistOnCart(cart, 'mark(cart)')
  const { limit = 500 } = ownOnly(options)
  if (!(limit >= 1))
    throw new CartEchoError('invalid-options', `mark().limit: expected 1 or more, got ${wordsOf(limit)}.`)
  const { performance } = globalThis
  if (typeof performance?.measure !== 'function') return () => undefined

  const names = new Set<string>()
  let drawn = 0
  /** When the broadcasts that wait arrived, by their places. */
  const heldMs = new Map<string | null, number>()
  let gapMs: number | null = null
  let askedMs: number | null = null
  const refreshesMs: number[] = []
  let state: Connection | null = null
  let stateMs = 0

  const clear = (): void => {
    for (const name of names) attempt(() => performance.clearMeasures(name))
    names.clear()
    drawn = 0
  }

  const draw = ({ track, name, startMs, color, about, properties = [] }: Bar, endMs: number): void => {
    if (drawn >= limit) clear()
    const title = `cart-echo ${name}`
    names.add(title)
    drawn += 1
    const devtools = { dataType: 'track-entry', trackGroup: 'cart-echo', track, color, tooltipText: about, properties }
    // Instrumentation may have replaced it.
    attempt(() => performance.measure(title, { start: startMs, end: endMs, detail: { devtools } }))
  }

  const drawTold = ({ way, place, event, atMs }: EntryOf<'told'>): void => {
    const startMs = heldMs.get(place) ?? atMs
    heldMs.delete(place)
    const properties = [
      ['event', event],
      ['way', way],
      ...(place ? [['number', numberOf(place)] as const] : []),
    ] as const
    draw({ track: 'Changes', name: 'told', startMs, color: 'primary', about: `${event}, by ${way}`, properties }, atMs)
  }

  const drawState = ({ connection, atMs }: EntryOf<'connection'>): void => {
    if (state && state.name !== 'live' && state.name !== 'idle') {
      const name = `${state.name}: ${state.reason}`
      draw({ track: 'Connection', name, startMs: stateMs, color: COLORS[state.name], about: name }, atMs)
    }
    state = connection
    stateMs = atMs
  }

  const drawAnswer = (atMs: number, color: Color, about: string): void => {
    if (askedMs !== null) draw({ track: 'Check', name: 'asked', startMs: askedMs, color, about }, atMs)
    askedMs = null
  }

  const closeGap = (atMs: number, about: string): void => {
    if (gapMs !== null) draw({ track: 'Gaps', name: 'gap', startMs: gapMs, color: 'tertiary', about }, atMs)
    gapMs = null
    heldMs.clear()
  }

  const hear = (entry: Entry): void => {
    const { atMs } = entry
    switch (entry.name) {
      case 'gap':
        gapMs ??= atMs
        heldMs.set(entry.place, atMs)
        return
      case 'filled':
        return closeGap(atMs, 'nothing is missing any more')
      case 'forgotten':
        return closeGap(atMs, 'what waited was let go')
      case 'told':
        return drawTold(entry)
      case 'asked':
        askedMs = atMs
        return
      case 'answered':
        return entry.tookMs === null ? undefined : drawAnswer(atMs, 'secondary', `${entry.events} events`)
      case 'unanswered':
        return drawAnswer(atMs, 'error', entry.error?.code ?? 'no answer')
      case 'refresh':
        if (entry.phase === 'begun') return void refreshesMs.push(atMs)
        return drawRefresh(entry.phase, atMs)
      case 'connection':
        return drawState(entry)
    }
  }

  const drawRefresh = (about: string, atMs: number): void => {
    // Which of several functions has ended is not said; the first that began is taken for it.
    const startMs = refreshesMs.shift() ?? atMs
    const color = about === 'failed' ? 'error' : 'primary-light'
    draw({ track: 'Refreshes', name: 'refresh', startMs, color, about }, atMs)
  }

  const stop = watchEntries(cart, hear, () => performance.now())
  return () => {
    stop()
    clear()
  }
}

const COLORS: Readonly<Record<Exclude<Connection['name'], 'live' | 'idle'>, Color>> = {
  connecting: 'secondary',
  polling: 'tertiary',
  waiting: 'error',
  refused: 'error',
}

/** Without the epoch, which is a customer's own. */
const numberOf = (place: string): string => place.slice(place.indexOf(':') + 1)
