import { ANSWER_UNSETTLED, backOffMs } from '../backoff'
import type { Cursor } from '../cursor'
import { CartEchoError } from '../errors'
import type { Change } from '../events'
import { type Decoded, decodeBroadcast, type Identity, identityOf, sorted } from '../payload'
import {
  type Asked,
  type Asking,
  type AskReason,
  askingNothing,
  beStale,
  type Heard,
  hearLive,
  LONGEST_WAIT_MS,
  MOST_HELD,
  MOST_RETIRED,
  MOST_SPREAD_MS,
  MOST_TOLD,
  type Next,
  PATIENCE_MS,
  type Placed,
  SHORTEST_WAIT_MS,
  type Stream,
  set,
  type Turn,
} from './state'

/** Takes in a broadcast. Of an event that nobody listens to it is nothing. */
export const hearBroadcast = (turn: Turn, event: string, payload: unknown): void => {
  if (!turn.rules.events.has(event)) return
  const decoded = read(turn, event, payload)
  // Everybody got the same unreadable broadcast: they must not all ask at once.
  if (!decoded) return planAsk(turn, 'resync', waitMs(turn))
  const identity = identityOf(event, decoded)
  const { position, key } = identity
  const heard = { event, decoded, key, receivedAtMs: turn.moment.nowMs }
  if (position) place(turn, { ...heard, position })
  else placeless(turn, heard, identity)
}

const place = (turn: Turn, placed: Placed): void => {
  const { cursor, retired } = turn.stream
  const { epoch, seq } = placed.position
  if (retired.includes(epoch)) return
  if (cursor?.epoch !== epoch && !isFirstOfAll(cursor, seq)) return meetEpoch(turn, placed)
  const reached = cursor?.seq ?? 0
  if (seq <= reached) return
  if (seq > reached + 1) return hold(turn, placed)
  pass(turn, placed, 'socket')
  drain(turn)
}

// A log that was empty when the page was rendered has no epoch yet, and this is what comes after nothing.
const isFirstOfAll = (cursor: Cursor | null, seq: number): boolean => cursor?.epoch === '' && seq === 1

/** Only an answer or a page block changes the epoch; where there is nothing to ask, the broadcast's word must do. */
const meetEpoch = (turn: Turn, placed: Placed): void => {
  if (turn.rules.canAsk) return hold(turn, placed)
  giveUpAsking(turn)
  // What was said before it is not known.
  if (turn.stream.cursor) beStale(turn, 'gap')
  goTo(turn, placed.position)
  tell(turn, placed, 'socket')
}

const hold = (turn: Turn, placed: Placed): void => {
  const { held } = turn.stream
  if (held.some(({ key }) => key === placed.key)) return
  if (held.length >= MOST_HELD) return giveUpHolding(turn, placed)
  if (held.length === 0) set(turn, { staleAtMs: turn.moment.nowMs + waitMs(turn) + PATIENCE_MS })
  set(turn, { held: [...held, placed] })
  planAsk(turn, 'gap', waitMs(turn))
}

const giveUpHolding = (turn: Turn, newest: Placed): void => {
  const { held } = turn.stream
  if (!turn.rules.canAsk) {
    set(turn, { held: [...held, newest] })
    return giveUpAsking(turn)
  }
  // With a log nothing is lost by this: the next answer has them all.
  set(turn, { held: [], staleAtMs: null })
  beStale(turn, 'gap')
  planAsk(turn, 'resync', 0)
}

/** Beside a log, a broadcast without a place is only a hint: it must not be told twice under two identities. */
const placeless = (turn: Turn, heard: Heard, { lastsMs }: Identity): void => {
  const { cursor, told, echoes } = turn.stream
  // It moves no cursor, and the words of a wishlist are not what the check says of the cart.
  if (!isOurs(turn, heard)) return
  if (cursor && turn.rules.canAsk) {
    if (!turn.stream.hasHinted) turn.effects.push({ name: 'report', error: mereHint(heard.event) })
    set(turn, { hasHinted: true })
    return planAsk(turn, 'resync', spreadMs(turn, heard))
  }
  const { nowMs } = turn.moment
  const stillTold = told.filter(({ untilMs }) => untilMs > nowMs)
  if (stillTold.some(({ key }) => key === heard.key)) return
  const { message, changes } = heard.decoded.payload
  // An event of your own may have no message, and is nothing that a bare check says.
  const isSayable = typeof message === 'string' || message === null
  const handled = isSayable ? hearLive(echoes, { message, changes: sorted(changes) }, nowMs) : { echoes, isNews: true }
  const mine = { key: heard.key, untilMs: nowMs + lastsMs }
  set(turn, { told: [...stillTold, mine].slice(-MOST_TOLD), echoes: handled.echoes })
  if (handled.isNews) tell(turn, heard, 'socket')
  else beStale(turn, 'again')
}

// Whoever tries it by hand would wait for it.
const mereHint = (event: string): CartEchoError =>
  new CartEchoError(
    'invalid-payload',
    `A broadcast of ${event} says no epoch and seq, on a page that has a cursor: it is told to nobody, and the check is asked. Send both.`,
  )

const spreadMs = (turn: Turn, { decoded }: Heard): number =>
  Math.max(waitMs(turn), turn.moment.random * Math.min(MOST_SPREAD_MS, decoded.block.spread_ms ?? 0))

/** Tells what was held for as long as the next in line is among it, and forgets what has been passed. */
export const drain = (turn: Turn): void => {
  for (let next = nextHeld(turn.stream); next; next = nextHeld(turn.stream)) pass(turn, next, 'socket')
  const held = turn.stream.held.filter(({ position }) => !isPassed(turn.stream, position))
  set(turn, { held })
  if (held.length === 0) closeGap(turn)
}

/** Tells what is held, in order, over the gap that nobody can fill. */
export const release = (turn: Turn): void => {
  const { held } = turn.stream
  set(turn, { held: [], staleAtMs: null })
  if (held.length === 0) return
  for (const placed of inOrder(held)) pass(turn, placed, 'socket')
  beStale(turn, 'gap')
}

/** Nothing will be asked: tells what is held without it. */
const giveUpAsking = (turn: Turn): void => {
  set(turn, { asking: askingNothing })
  release(turn)
}

/** Forgets what is held. The log is the truth: what it does not know after so many asks it will give by itself, or it never was. */
export const dropHeld = (turn: Turn): void => {
  set(turn, { held: [] })
  closeGap(turn)
}

/** By their places, which are all of one log. */
export const inOrder = (held: readonly Placed[]): readonly Placed[] =>
  [...held].sort((a, b) => a.position.seq - b.position.seq)

/** True when that log reaches as far as this place. */
export const reaches = (end: Cursor | null, position: Cursor): boolean =>
  end?.epoch === position.epoch && position.seq <= end.seq

const closeGap = (turn: Turn): void => {
  const { asking } = turn.stream
  const isIdle = asking.name === 'due' && asking.why === 'gap'
  set(turn, { staleAtMs: null, asking: isIdle ? askingNothing : asking })
}

const nextHeld = ({ held, cursor }: Stream): Placed | undefined =>
  held.find(({ position }) => cursor?.epoch === position.epoch && cursor.seq + 1 === position.seq)

const isPassed = ({ cursor, retired }: Stream, position: Cursor): boolean =>
  retired.includes(position.epoch) || reaches(cursor, position)

/** How a change reached this browser. */
type Via = 'socket' | 'check'

/** Decodes a payload; null for one that nobody listens to, and one that cannot be read, which is reported and makes the page stale. */
export const read = (turn: Turn, event: string, payload: unknown): Decoded | null => {
  const decode = turn.rules.events.get(event)
  try {
    if (!decode) return null
    const decoded = decodeBroadcast(event, payload, decode)
    if (decoded.problem) turn.effects.push({ name: 'report', error: decoded.problem })
    return decoded
  } catch (error) {
    if (error instanceof CartEchoError) turn.effects.push({ name: 'report', error })
    beStale(turn, 'unreadable')
    return null
  }
}

/** True for what is of the cart instance that the page listens to. */
const isOurs = ({ rules }: Turn, { decoded }: Heard): boolean =>
  (decoded.block.instance ?? 'default') === rules.instance

/** Tells it, if it is of the instance that the page listens to. */
export const tell = (turn: Turn, heard: Heard, via: Via): void => {
  const { event, decoded, key, receivedAtMs } = heard
  const { change, block } = decoded
  if (!isOurs(turn, heard)) return
  const meta = Object.freeze({ event, key, via, receivedAtMs, afterGap: via === 'check' })
  const told = Object.freeze({ event, change, meta }) as Change
  turn.effects.push({ name: 'tell', change: told, spreadMs: block.spread_ms ?? undefined })
}

/** Tells what is next in line and moves the cursor there. */
export const pass = (turn: Turn, placed: Placed, via: Via): void => {
  set(turn, { cursor: placed.position })
  tell(turn, placed, via)
}

/** Goes on at another place; the life of the counter that ends by it is remembered. */
export const goTo = (turn: Turn, cursor: Cursor): void => {
  const { cursor: before, retired } = turn.stream
  const left = before && before.epoch !== '' && before.epoch !== cursor.epoch ? [before.epoch] : []
  set(turn, { cursor, retired: [...retired, ...left].slice(-MOST_RETIRED) })
}

/** Plans to ask after so long; what is planned already is asked at the sooner of the two. */
export const planAsk = (turn: Turn, why: AskReason, inMs: number, attempt = 0): void => {
  const { asking, held } = turn.stream
  if (!turn.rules.canAsk && held.length === 0) return
  if (asking.name === 'asked') return set(turn, { asking: { ...asking, again: asking.again || why === 'resync' } })
  const atMs = turn.moment.nowMs + inMs
  set(turn, { asking: asking.name === 'due' ? sooner(asking, why, atMs) : { name: 'due', why, atMs, attempt } })
  askIfDue(turn)
}

/** How long a gap may stay open, or everybody who heard the same is to be spread. */
export const waitMs = ({ moment }: Turn): number =>
  SHORTEST_WAIT_MS + moment.random * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS)

/** How long to wait after so many asks in vain. */
export const againInMs = ({ moment }: Turn, attempt: number): number =>
  backOffMs(ANSWER_UNSETTLED, attempt, moment.random)

/** What was asked, if this is the answer to it, and not one that another tab was given: asked no more. */
export const takeAsk = (turn: Turn, { ask }: Asked): (Asking & { name: 'asked' }) | null => {
  const { asking } = turn.stream
  if (asking.name !== 'asked' || ask === undefined) return null
  set(turn, { asking: askingNothing })
  return asking
}

/** No answer came. */
export const goUnanswered = (turn: Turn, next?: Next): void => {
  const { asking } = turn.stream
  if (asking.name !== 'asked') return
  set(turn, { asking: askingNothing })
  if (next === 'never') return release(turn)
  // What was reported meanwhile is what it waits to be told.
  if (next === 'when-told') return asking.again ? planAsk(turn, 'resync', 0) : undefined
  planAsk(turn, 'resync', next ?? againInMs(turn, asking.attempt), asking.attempt + 1)
}

/** Asks what is due, and gives up waiting for a gap to close. */
export const passTime = (turn: Turn): void => {
  askIfDue(turn)
  const { staleAtMs } = turn.stream
  if (staleAtMs === null || staleAtMs > turn.moment.nowMs) return
  set(turn, { staleAtMs: null })
  beStale(turn, 'gap')
}

const sooner = (due: Asking & { name: 'due' }, why: AskReason, atMs: number): Asking => ({
  ...due,
  why: due.why === 'resync' ? 'resync' : why,
  atMs: Math.min(due.atMs, atMs),
})

const askIfDue = (turn: Turn): void => {
  const { asking, cursor } = turn.stream
  if (asking.name !== 'due' || asking.atMs > turn.moment.nowMs) return
  if (!turn.rules.canAsk) return giveUpAsking(turn)
  set(turn, { asking: { name: 'asked', attempt: asking.attempt, again: false } })
  turn.effects.push({ name: 'ask', since: cursor })
}
