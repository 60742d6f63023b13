import type { Connection } from '../engine/state'
import type { Entry } from '../trace/entries'
import { createTally, type FigureName, type Figures } from './figures'
import { bucketOf, createYardstick } from './yardstick'

/** Counts what happens to one page. */
export interface Counter {
  readonly hear: (entry: Entry) => void
  /** Somebody looks at the page from now on, or nobody does. */
  readonly see: (isVisible: boolean, nowMs: number) => void
  /** The page is frozen, or goes into the back/forward cache: that it is not live then is no outage. */
  readonly leave: () => void
  /** The page itself, as what the server sent first: when it did by its own clock, and when it arrived. */
  readonly rendered: (sentAtMs: number, arrivedAtMs: number) => void
  /** What was counted since the last time. Nothing, and it is kept, while the page has not listened to anything: most pages of a shop have nobody logged in. */
  readonly take: (nowMs: number) => Figures
  readonly total: (nowMs: number) => Figures
}

/** A counter of a page that is visible or not. */
export const createCounter = (isVisible: boolean, beganAtMs: number): Counter => {
  const { add, take, total } = createTally()
  const { latencyOf } = createYardstick()
  const word = createWords()
  let connection: Connection | null = null
  let gapSinceMs: number | null = null
  let outageSinceMs: number | null = null
  let isIdle = false
  let isSeen = isVisible
  let seenUntilMs = beganAtMs
  add('pages')

  // A clock that was put back takes nothing away.
  const addTimed = (what: FigureName, how: FigureName, tookMs: number): void => {
    add(what)
    add(how, Math.max(0, tookMs))
  }

  const countSeen = (nowMs: number): void => {
    if (isSeen && connection) add(`visible_ms.${connection.name}`, Math.max(0, nowMs - seenUntilMs))
    seenUntilMs = nowMs
  }

  const become = (next: Connection, nowMs: number): void => {
    countSeen(nowMs)
    const wasLive = connection?.name === 'live'
    isIdle = next.name === 'idle' && (isIdle || connection === null)
    connection = next
    add(`became.${next.name}.${word(next.reason)}`)
    if (next.name === 'live' && outageSinceMs !== null) addTimed('outages', 'outage_ms', nowMs - outageSinceMs)
    if (next.name === 'live' || next.name === 'idle') outageSinceMs = null
    // A session that begins anew, as after a log-in, is none.
    else if (wasLive && next.reason !== 'finding-echo') outageSinceMs = nowMs
  }

  const hear = (entry: Entry): void => {
    const { name, atMs } = entry
    const figure = ONE_EACH[name]
    if (figure) add(figure)
    if (name === 'heard') add(`heard.${entry.way}`)
    if (name === 'gap') {
      if (gapSinceMs === null) add('gaps')
      gapSinceMs ??= atMs
    }
    // Not what was open before anybody counted.
    if (name === 'filled' && gapSinceMs !== null) addTimed('gaps_filled', 'gap_ms', atMs - gapSinceMs)
    if (name === 'filled' || name === 'forgotten') gapSinceMs = null
    if (name === 'told') countTold(entry)
    if (name === 'answered') {
      add('heard.check', entry.events)
      // An answer to another tab was not asked for here.
      if (entry.tookMs !== null) addTimed('answers', 'answer_ms', entry.tookMs)
    }
    if (name === 'unanswered') add(`unanswered.${word(entry.error?.code)}`)
    if (name === 'error') add(`errors.${word(entry.error.code)}`)
    if (name === 'refresh' && entry.phase !== 'begun') add(`refreshes.${entry.phase}`)
    if (name === 'connection') become(entry.connection, atMs)
  }

  const countTold = ({ way, sentAtMs, atMs }: Entry & { name: 'told' }): void => {
    add(`told.${way}`)
    const latencyMs = sentAtMs === null ? null : latencyOf(sentAtMs, atMs)
    if (latencyMs === null) return
    const path = way === 'check' ? way : 'live'
    add(`latency.${path}.${bucketOf(latencyMs)}`)
    add(`latency_ms.${path}`, latencyMs)
  }

  return {
    hear,
    see: (isVisible, nowMs) => {
      countSeen(nowMs)
      isSeen = isVisible
    },
    leave: () => {
      outageSinceMs = null
    },
    rendered: (sentAtMs, arrivedAtMs) => void latencyOf(sentAtMs, arrivedAtMs),
    take: (nowMs) => {
      countSeen(nowMs)
      return isIdle ? {} : take()
    },
    total: (nowMs) => {
      countSeen(nowMs)
      return total()
    },
  }
}

/** What counts one each time. */
const ONE_EACH: { readonly [Name in Entry['name']]?: FigureName } = {
  duplicate: 'duplicates',
  unreadable: 'unreadable',
  gap: 'held',
  resync: 'resyncs',
  asked: 'asks',
  reset: 'resets',
  'handed-over': 'hand_overs',
}

/** More than there are of ours. */
const MOST_WORDS = 64

/**
 * Passes on a code or a reason as ours are written. Any script of the origin may say a reason to the shopper's other tabs, and a transport of the page's own any
 * code: what may be an id, an address or a name is not taken, nor ever new ones.
 */
const createWords = () => {
  const known = new Set<string>()
  return (said: unknown): string => {
    if (typeof said !== 'string' || !/^[a-z]{1,14}(-[a-z]{1,14}){0,2}$/.test(said)) return 'other'
    if (known.size < MOST_WORDS) known.add(said)
    return known.has(said) ? said : 'other'
  }
}
