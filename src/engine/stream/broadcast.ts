import { ANSWER_UNSETTLED, backOffMs } from '../backoff'
import { type Cursor, formatCursor } from '../cursor'
import { CartEchoError } from '../errors'
import type { Change, ChangeMeta } from '../events'
import { type Decoded, mayComeAgain } from '../payload'
import {
  type Asked,
  type Asking,
  type AskReason,
  askingNothing,
  type Heard,
  hearLive,
  type Next,
  type Placed,
  type Turn,
} from './state'

/** As many broadcasts wait behind a gap at most. */
const MOST_BUFFERED = 100
/** How long an ask about a gap may take before the page counts as stale. */
const PATIENCE_MS = 1_000
/** So many keys of what has no place are remembered. */
const MOST_DELIVERED = 200
/** The same content may come again by right. */
const CONTENT_LASTS_MS = 60_000
/** No hint of a server may put an ask off for longer. */
const MOST_SPREAD_MS = 60_000
const MOST_RETIRED = 20

/** Takes in a broadcast. Of an event that nobody listens to it is nothing. */
export const hearBroadcast = (turn: Turn, event: string, payload: unknown): void => {
  if (!turn.rules.events.has(event)) return
  const decoded = decode(turn, event, payload)
  // Everybody got the same unreadable broadcast: they must not all ask at once.
  if (!decoded) return planAsk(turn, 'resync', waitMs(turn))
  const { position } = decoded
  if (!position) return hearPlaceless(turn, decoded)
  place(turn, { decoded, position, key: formatCursor(position), receivedAtMs: turn.moment.nowMs })
}

/** Decodes a payload; null for one that nobody listens to. One that cannot be read is reported, makes the page stale: null. */
export const decode = ({ rules, effects }: Turn, event: string, payload: unknown): Decoded | null => {
  const decoded = rules.events.get(event)?.(payload) ?? null
  if (decoded instanceof CartEchoError) {
    effects.push({ name: 'report', error: decoded }, { name: 'stale' })
    return null
  }
  if (decoded?.problem) effects.push({ name: 'report', error: decoded.problem })
  return decoded
}

const place = (turn: Turn, placed: Placed): void => {
  const { cursor, retired } = turn.stream
  const { epoch, seq } = placed.position
  if (retired.includes(epoch)) return
  // A log that was empty when the page was rendered has no epoch yet, and this is what comes after nothing.
  const isFirstOfAll = cursor?.epoch === '' && seq === 1
  if (cursor?.epoch !== epoch && !isFirstOfAll) return meetEpoch(turn, placed)
  const reached = cursor?.seq ?? 0
  if (seq <= reached) return
  if (seq > reached + 1) return buffer(turn, placed)
  pass(turn, placed)
  drain(turn)
}

/** Only an answer or a page block changes the epoch; where there is nothing to ask, the broadcast's word must do. */
const meetEpoch = (turn: Turn, placed: Placed): void => {
  if (turn.rules.canAsk) return buffer(turn, placed)
  release(turn)
  // What the new epoch had before this broadcast is unknown.
  if (turn.stream.cursor) turn.effects.push({ name: 'stale' })
  goTo(turn, placed.position)
  deliver(turn, placed, 'socket')
}

const buffer = (turn: Turn, placed: Placed): void => {
  const { stream, rules, moment, effects } = turn
  const { buffered } = stream
  if (buffered.some(({ key }) => key === placed.key)) return
  stream.buffered = [...buffered, placed]
  if (buffered.length === 0) stream.staleAtMs = moment.nowMs + waitMs(turn) + PATIENCE_MS
  if (buffered.length < MOST_BUFFERED) return planAsk(turn, 'gap', waitMs(turn))
  if (!rules.canAsk) return release(turn)
  // Nothing is lost: the next answer of the log has them all.
  stream.buffered = []
  stream.staleAtMs = null
  effects.push({ name: 'stale' })
  planAsk(turn, 'resync', 0)
}

/** Beside a log, a broadcast without a place is only a hint: it must not be delivered twice under two identities. */
const hearPlaceless = (turn: Turn, decoded: Decoded): void => {
  const { stream, rules, moment, effects } = turn
  const { nowMs } = moment
  // It has no cursor to move, and a check without a log speaks of this cart only.
  if (decoded.instance !== rules.instance) return
  if (stream.cursor && rules.canAsk) {
    const words = `${decoded.event} skipped: send epoch and seq.`
    // Said once, for the developer who broadcasts by hand and waits.
    if (!stream.hasHinted) effects.push({ name: 'report', error: new CartEchoError('invalid-payload', words) })
    stream.hasHinted = true
    const spreadMs = moment.random * Math.min(MOST_SPREAD_MS, decoded.spreadMs ?? 0)
    return planAsk(turn, 'resync', Math.max(waitMs(turn), spreadMs))
  }
  const { key } = decoded
  const lastsMs = mayComeAgain(key) ? CONTENT_LASTS_MS : Number.POSITIVE_INFINITY
  const delivered = stream.delivered.filter(({ untilMs }) => untilMs > nowMs)
  if (delivered.some((one) => one.key === key)) return
  stream.delivered = [...delivered, { key, untilMs: nowMs + lastsMs }].slice(-MOST_DELIVERED)
  if (isSaidByCheck(turn, decoded)) effects.push({ name: 'stale' })
  else deliver(turn, { decoded, key, receivedAtMs: nowMs }, 'socket')
}

// Only what has a message can be what a check without a log says.
const isSaidByCheck = ({ stream, moment }: Turn, { words }: Decoded): boolean => {
  if (!words) return false
  const { spoken, isNews } = hearLive(stream.spoken, words, moment.nowMs)
  stream.spoken = spoken
  return !isNews
}

/** Delivers what is buffered for as long as the next in line is among it, and forgets what has been passed. */
export const drain = (turn: Turn): void => {
  const { stream } = turn
  if (stream.buffered.length > 0) {
    for (const placed of inOrder(stream.buffered)) {
      const { epoch, seq } = placed.position
      if (stream.cursor?.epoch === epoch && stream.cursor.seq + 1 === seq) pass(turn, placed)
    }
    stream.buffered = stream.buffered.filter(
      ({ position }) => !stream.retired.includes(position.epoch) && !reaches(stream.cursor, position),
    )
  }
  if (stream.buffered.length === 0) closeGap(turn)
}

/** Forgets what is buffered: there is no gap any more. */
export const closeGap = ({ stream }: Turn): void => {
  stream.buffered = []
  stream.staleAtMs = null
  if (stream.asking.name === 'due' && stream.asking.why === 'gap') stream.asking = askingNothing
}

/** Delivers what is buffered, in order, over the gap that nobody can fill; without a check nothing is asked any more. */
export const release = (turn: Turn): void => {
  const { stream, rules } = turn
  const buffered = inOrder(stream.buffered)
  stream.buffered = []
  stream.staleAtMs = null
  if (!rules.canAsk) stream.asking = askingNothing
  for (const placed of buffered) pass(turn, placed)
  if (buffered.length > 0) turn.effects.push({ name: 'stale' })
}

/** By their places, which are all of one log. */
export const inOrder = (placed: readonly Placed[]): readonly Placed[] =>
  [...placed].sort((a, b) => a.position.seq - b.position.seq)

/** True when that log reaches as far as this place. */
export const reaches = (end: Cursor | null, position: Cursor): boolean =>
  end?.epoch === position.epoch && position.seq <= end.seq

/** Delivers what is of the cart instance that the page listens to. Frozen: all listeners are handed the same object. */
export const deliver = ({ rules, effects }: Turn, heard: Heard, via: ChangeMeta['via']): void => {
  const { key, receivedAtMs } = heard
  const { event, change, instance, spreadMs } = heard.decoded
  if (instance !== rules.instance) return
  const meta = Object.freeze({ event, key, via, receivedAtMs })
  effects.push({ name: 'deliver', change: Object.freeze({ event, change, meta }) as Change, spreadMs })
}

const pass = (turn: Turn, placed: Placed): void => {
  turn.stream.cursor = placed.position
  deliver(turn, placed, 'socket')
}

/** Goes on at another place; the epoch that ends by it is remembered. */
export const goTo = ({ stream }: Turn, cursor: Cursor): void => {
  const left = stream.cursor?.epoch
  if (left && left !== cursor.epoch) stream.retired = [...stream.retired, left].slice(-MOST_RETIRED)
  stream.cursor = cursor
}

/** Several queue workers reorder a burst all the time: a gap this young is none. */
const SHORTEST_WAIT_MS = 300
/** One this old is asked about. */
const LONGEST_WAIT_MS = 1_000

/** How long a gap may stay open, or everybody who heard the same is to be spread. */
export const waitMs = ({ moment }: Turn): number =>
  SHORTEST_WAIT_MS + moment.random * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS)

/** How long to wait after so many asks in vain. */
export const againInMs = ({ moment }: Turn, attempt: number): number =>
  backOffMs(ANSWER_UNSETTLED, attempt, moment.random)

/** Plans to ask after so long; what is planned already is asked at the sooner of the two. */
export const planAsk = (turn: Turn, why: AskReason, inMs: number, attempt = 0): void => {
  const { stream, rules, moment } = turn
  const { asking } = stream
  if (!rules.canAsk && stream.buffered.length === 0) return
  if (asking.name === 'asked') {
    stream.asking = { ...asking, again: asking.again || why === 'resync' }
    return
  }
  const due = { name: 'due', why, atMs: moment.nowMs + inMs, attempt } as const
  stream.asking = asking.name === 'due' ? sooner(asking, due) : due
  askIfDue(turn)
}

type Due = Asking & { name: 'due' }

const sooner = (planned: Due, due: Due): Due => ({
  ...planned,
  why: planned.why === 'resync' ? 'resync' : due.why,
  atMs: Math.min(planned.atMs, due.atMs),
})

const askIfDue = (turn: Turn): void => {
  const { stream, rules, moment, effects } = turn
  const { asking } = stream
  if (asking.name !== 'due' || asking.atMs > moment.nowMs) return
  if (!rules.canAsk) return release(turn)
  stream.asking = { name: 'asked', attempt: asking.attempt, again: false }
  effects.push({ name: 'ask', since: stream.cursor })
}

/** Asks what is due, and gives up waiting for a gap to close. */
export const passTime = (turn: Turn): void => {
  askIfDue(turn)
  const { staleAtMs } = turn.stream
  if (staleAtMs === null || staleAtMs > turn.moment.nowMs) return
  turn.stream.staleAtMs = null
  turn.effects.push({ name: 'stale' })
}

/** What was asked, if this is the answer to it, and not one that another tab was given: asked no more. */
export const takeAsk = ({ stream }: Turn, { ask }: Asked): (Asking & { name: 'asked' }) | null => {
  const { asking } = stream
  if (asking.name !== 'asked' || ask === undefined) return null
  stream.asking = askingNothing
  return asking
}

/** No answer came. */
export const goUnanswered = (turn: Turn, next?: Next): void => {
  const { asking } = turn.stream
  if (asking.name !== 'asked') return
  turn.stream.asking = askingNothing
  if (next === 'never') return release(turn)
  // The next resync asks; one may have come meanwhile.
  if (next === 'when-told') return asking.again ? planAsk(turn, 'resync', 0) : undefined
  planAsk(turn, 'resync', next ?? againInMs(turn, asking.attempt), asking.attempt + 1)
}
