import { type Answer, type BareAnswer, FULL_ANSWER, type LoggedEvent } from './answer'
import { type BackOff, fullJitterMs } from './backoff'
import { type Echoes, hearBare, hearLive, noEchoes } from './bare'
import type { Cursor } from './cursor'
import { type Decode, type Decoded, decodeBroadcast } from './decode'
import { CartEchoError } from './errors'
import type { Change } from './events'
import { type Identity, identityOf, positioned } from './identity'
import type { Moment } from './moment'
import type { Reply } from './transport'
import { emptyAnswer, laggingAnswer, malformedAnswer, weighAnswer } from './verdict'

/**
 * The only memory of a page: how far it is in its shopper's log, what waits behind a hole, what it told already. A value;
 * `takeIn` moves it.
 *
 *     broadcast ──► seen, retired, another instance? ──► drop
 *        │  next in line ──► tell, and whatever was held behind it
 *        └─ beyond a hole, unknown epoch ──► hold ──(0.3 to 1 s)──► ask ──► answer ──► tell in order
 *
 * The rule behind it: the socket is a fast hint, the log read through the check is the truth, and the cursor moves
 * forward only, and only contiguously.
 */
export interface Inbox {
  /** Whose log this is, once known. */
  readonly owner: string | null
  /** The last place told or passed; null: nowhere yet. */
  readonly cursor: Cursor | null
  /** Earlier lives of the counter: a broadcast of one of these comes too late. */
  readonly retired: readonly string[]
  /** Broadcasts that wait for an answer, in order of arrival. */
  readonly held: readonly Heard[]
  /** What was told without a place in a log. */
  readonly told: readonly Told[]
  /** What a bare check may say again. */
  readonly echoes: Echoes
  readonly asking: Asking
  /** Where a log stood that said the page is ahead of it; null: none does. */
  readonly doubted: number | null
  /** When the page counts as stale because a hole stays open; null: no hole, or done. */
  readonly staleAtMs: number | null
}

/** A decoded broadcast and when it came. */
export interface Heard {
  readonly event: string
  readonly decoded: Decoded
  readonly identity: Identity
  readonly receivedAtMs: number
}

/** An identity that was told, and until when it means the same news. */
export interface Told {
  readonly key: string
  readonly untilMs: number
}

/** What the inbox wants to know from the log: nothing, something soon, or something it has asked for already. */
export type Asking =
  | { readonly name: 'nothing' }
  | { readonly name: 'due'; readonly why: AskReason; readonly atMs: number; readonly attempt: number }
  | { readonly name: 'asked'; readonly attempt: number; readonly again: boolean }

/** A hole may close by itself, a gap does not. */
export type AskReason = 'hole' | 'gap'

/**
 * What can happen to an inbox. `gap`: something may be missing, to be asked for after `inMs` (default at once). What the check
 * said to another tab carries no ask: what it cannot settle is no trouble. `unanswered`: `next` as in a reply; left out, the inbox
 * has a back-off of its own. `rendered` is a newly rendered page, with the cursor it was rendered at.
 */
export type Arrival =
  | { readonly name: 'broadcast'; readonly event: string; readonly payload: unknown }
  | { readonly name: 'gap'; readonly inMs?: number | undefined }
  | ({ readonly name: 'answer'; readonly answer: Answer } & Asked)
  | ({ readonly name: 'bare'; readonly answer: BareAnswer } & Asked)
  | ({ readonly name: 'nothing' } & Asked)
  | { readonly name: 'unanswered'; readonly next?: Next | undefined }
  | { readonly name: 'time' }
  | { readonly name: 'rendered'; readonly cursor: Cursor }

/** The number of the ask that is answered; none for an answer to another tab. As of when it was asked. */
interface Asked {
  readonly ask?: number | undefined
  readonly asOfMs?: number | undefined
}

/** What an answer confirmed, and whose log it named; null where it named none. */
interface Confirmed extends Asked {
  readonly owner: string | null
}

/** When to ask again after no answer. */
export type Next = (Reply & { name: 'unanswered' })['next']

/** Why the cart on the page may be older than the server's. */
export type StaleReason = 'unreadable' | 'hole' | 'reset' | 'older-page' | 'again' | 'ahead'

/**
 * What the inbox wants done, in this order. `stale`: the page must be read anew, spread over `spreadMs` where the server says so.
 * `confirmed`: as of then, and of that ask, everything there is has been told. `unsettled`: what was answered settles nothing.
 */
export type Effect =
  | { readonly name: 'tell'; readonly change: Change; readonly spreadMs?: number | undefined }
  | { readonly name: 'ask'; readonly since: Cursor | null }
  | { readonly name: 'stale'; readonly because: StaleReason; readonly spreadMs?: number | undefined }
  | ({ readonly name: 'confirmed' } & Confirmed)
  | { readonly name: 'unsettled'; readonly error: CartEchoError }
  | { readonly name: 'fresh' }
  | { readonly name: 'other-user' }
  | { readonly name: 'report'; readonly error: CartEchoError }

/** What an inbox goes by. */
export interface InboxRules {
  /** The decoder of each event the page listens to. */
  readonly events: ReadonlyMap<string, Decode<unknown>>
  /** The cart instance that is told; others advance the cursor untold. */
  readonly instance: string
  /** False where there is no check: then nothing is asked and a hole is only waited for. */
  readonly canAsk: boolean
}

const MOST_HELD = 100
const MOST_TOLD = 200
const MOST_RETIRED = 20
/** Several queue workers reorder a burst all the time: a hole this young is none. */
const SHORTEST_WAIT_MS = 300
const LONGEST_WAIT_MS = 1_000
/** No hint of a server may put an ask off for longer. */
const MOST_SPREAD_MS = 60_000
/** How long an ask may take before the page counts as stale. */
const PATIENCE_MS = 1_000
const ASK_AGAIN: BackOff = { baseMs: 2_000, capMs: 30_000 }
/** After so many answers in a row that do not know it, a held broadcast is taken for a stray. */
const MOST_DOUBTS = 5

/** The inbox of a page that was rendered for `owner` at `cursor`; null where the page does not say. */
export const newInbox = (owner: string | null, cursor: Cursor | null): Inbox => ({
  owner,
  cursor,
  retired: [],
  held: [],
  told: [],
  echoes: noEchoes,
  asking: { name: 'nothing' },
  doubted: null,
  staleAtMs: null,
})

/** When the inbox wants to be handed `time` next, in milliseconds of the clock; null: not at all. */
export const wakesAtMs = ({ asking, staleAtMs }: Inbox): number | null => {
  const askAtMs = asking.name === 'due' ? asking.atMs : null
  if (askAtMs === null || staleAtMs === null) return askAtMs ?? staleAtMs
  return Math.min(askAtMs, staleAtMs)
}

/** Moves an inbox by one arrival. Pure; never throws: what cannot be read becomes a `report`. */
export const takeIn = (
  inbox: Inbox,
  arrival: Arrival,
  rules: InboxRules,
  moment: Moment,
): { readonly inbox: Inbox; readonly effects: readonly Effect[] } => {
  const turn: Turn = { inbox, effects: [], rules, moment }
  arrive(turn, arrival)
  return { inbox: turn.inbox, effects: turn.effects }
}

/** One step in the making. Lives no longer than `takeIn`. */
interface Turn {
  inbox: Inbox
  readonly effects: Effect[]
  readonly rules: InboxRules
  readonly moment: Moment
}

const arrive = (turn: Turn, arrival: Arrival): void => {
  switch (arrival.name) {
    case 'broadcast':
      return hear(turn, arrival.event, arrival.payload)
    case 'gap':
      return planAsk(turn, 'gap', arrival.inMs ?? 0)
    case 'answer':
      return settle(turn, arrival.answer, arrival)
    case 'bare':
      return settleBare(turn, arrival.answer, arrival)
    case 'nothing':
      return settleNothing(turn, arrival)
    case 'unanswered':
      return goUnanswered(turn, arrival.next)
    case 'time':
      return passTime(turn)
    case 'rendered':
      return compareWithPage(turn, arrival.cursor)
  }
}

const set = (turn: Turn, change: Partial<Inbox>): void => {
  turn.inbox = { ...turn.inbox, ...change }
}

const hear = (turn: Turn, event: string, payload: unknown): void => {
  const decode = turn.rules.events.get(event)
  if (!decode) return
  const decoded = tryDecode(turn, event, payload, decode)
  // Everybody got the same unreadable broadcast: they must not all ask at once.
  if (!decoded) return planAsk(turn, 'gap', waitMs(turn))
  const identity = identityOf(event, decoded)
  const heard = { event, decoded, identity, receivedAtMs: turn.moment.nowMs }
  if (identity.position) place(turn, heard, identity.position)
  else placeless(turn, heard)
}

const tryDecode = (turn: Turn, event: string, payload: unknown, decode: Decode<unknown>): Decoded | null => {
  try {
    return decodeBroadcast(event, payload, decode)
  } catch (error) {
    if (error instanceof CartEchoError) turn.effects.push({ name: 'report', error })
    turn.effects.push({ name: 'stale', because: 'unreadable' })
    return null
  }
}

const place = (turn: Turn, heard: Heard, position: Cursor): void => {
  const { cursor, retired } = turn.inbox
  if (retired.includes(position.epoch)) return
  if (cursor?.epoch !== position.epoch && !isFirstOfAll(cursor, position)) return meetEpoch(turn, heard, position)
  const seq = cursor?.seq ?? 0
  if (position.seq <= seq) return
  if (position.seq > seq + 1) return hold(turn, heard)
  pass(turn, heard, 'socket')
  drain(turn)
}

// A log that was empty when the page was rendered has no epoch yet, and this is what comes after nothing.
const isFirstOfAll = (cursor: Cursor | null, { seq }: Cursor): boolean => cursor?.epoch === '' && seq === 1

/** Only an answer or a page block changes the epoch; where there is nothing to ask, the broadcast's word must do. */
const meetEpoch = (turn: Turn, heard: Heard, position: Cursor): void => {
  if (turn.rules.canAsk) return hold(turn, heard)
  release(turn)
  enterEpoch(turn, { epoch: position.epoch, seq: position.seq - 1 })
  pass(turn, heard, 'socket')
}

/** Beside a log, a broadcast without a place is only a hint: it must not be told twice under two identities. */
const placeless = (turn: Turn, heard: Heard): void => {
  if (turn.inbox.cursor && turn.rules.canAsk) return planAsk(turn, 'gap', spreadMs(turn, heard))
  const { nowMs } = turn.moment
  const { key, lastsMs } = heard.identity
  const told = turn.inbox.told.filter(({ untilMs }) => untilMs > nowMs)
  if (told.some((earlier) => earlier.key === key)) return
  set(turn, { told: [...told, { key, untilMs: nowMs + lastsMs }].slice(-MOST_TOLD) })
  const { echoes, isNews } = hearLive(turn.inbox.echoes, messageOf(heard), nowMs)
  set(turn, { echoes })
  if (isNews) tell(turn, heard, 'socket')
  else turn.effects.push({ name: 'stale', because: 'again' })
}

const messageOf = ({ decoded }: Heard): unknown => decoded.payload.message

const spreadMs = (turn: Turn, { decoded }: Heard): number =>
  Math.max(waitMs(turn), turn.moment.random * Math.min(MOST_SPREAD_MS, decoded.block.spread_ms ?? 0))

const waitMs = ({ moment }: Turn): number => SHORTEST_WAIT_MS + moment.random * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS)

const hold = (turn: Turn, heard: Heard): void => {
  const { held } = turn.inbox
  if (held.some(({ identity }) => identity.key === heard.identity.key)) return
  if (held.length >= MOST_HELD) return giveUpHolding(turn, heard)
  if (turn.inbox.held.length === 0) set(turn, { staleAtMs: turn.moment.nowMs + waitMs(turn) + PATIENCE_MS })
  set(turn, { held: [...turn.inbox.held, heard] })
  planAsk(turn, 'hole', waitMs(turn))
}

const giveUpHolding = (turn: Turn, newest: Heard): void => {
  if (!turn.rules.canAsk) {
    set(turn, { held: [...turn.inbox.held, newest] })
    return release(turn)
  }
  // With a log nothing is lost by this: the next answer has them all.
  set(turn, { held: [], staleAtMs: null })
  turn.effects.push({ name: 'stale', because: 'hole' })
  planAsk(turn, 'gap', 0)
}

const planAsk = (turn: Turn, why: AskReason, inMs: number, attempt = 0): void => {
  const { asking, held } = turn.inbox
  if (!turn.rules.canAsk && held.length === 0) return
  if (asking.name === 'asked') return set(turn, { asking: { ...asking, again: asking.again || why === 'gap' } })
  const atMs = turn.moment.nowMs + inMs
  set(turn, { asking: asking.name === 'due' ? sooner(asking, why, atMs) : { name: 'due', why, atMs, attempt } })
  askIfDue(turn)
}

const sooner = (due: Asking & { name: 'due' }, why: AskReason, atMs: number): Asking => ({
  ...due,
  why: due.why === 'gap' ? 'gap' : why,
  atMs: Math.min(due.atMs, atMs),
})

const goUnanswered = (turn: Turn, next?: Next): void => {
  const { asking } = turn.inbox
  if (asking.name !== 'asked') return
  set(turn, { asking: { name: 'nothing' } })
  if (next === 'never') return release(turn)
  // What was reported meanwhile is what it waits to be told.
  if (next === 'when-told') return asking.again ? planAsk(turn, 'gap', 0) : undefined
  planAsk(turn, 'gap', next ?? againInMs(turn, asking.attempt), asking.attempt + 1)
}

const againInMs = ({ moment }: Turn, attempt: number): number =>
  SHORTEST_WAIT_MS + fullJitterMs(ASK_AGAIN, attempt, moment.random)

const passTime = (turn: Turn): void => {
  askIfDue(turn)
  const { staleAtMs } = turn.inbox
  if (staleAtMs === null || staleAtMs > turn.moment.nowMs) return
  set(turn, { staleAtMs: null })
  turn.effects.push({ name: 'stale', because: 'hole' })
}

const askIfDue = (turn: Turn): void => {
  const { asking, cursor } = turn.inbox
  if (asking.name !== 'due' || asking.atMs > turn.moment.nowMs) return
  if (!turn.rules.canAsk) return release(turn)
  set(turn, { asking: { name: 'asked', attempt: asking.attempt, again: false } })
  turn.effects.push({ name: 'ask', since: cursor })
}

/** Tells what is held, in order, over the hole that nobody can fill. */
const release = (turn: Turn, asking: 'kept' | 'ended' = 'ended'): void => {
  const held = [...turn.inbox.held].sort(bySeq)
  set(turn, { held: [], staleAtMs: null, ...(asking === 'ended' ? { asking: { name: 'nothing' } } : {}) })
  if (held.length === 0) return
  for (const heard of held) pass(turn, heard, 'socket')
  turn.effects.push({ name: 'stale', because: 'hole' })
}

const bySeq = (a: Heard, b: Heard): number => (a.identity.position?.seq ?? 0) - (b.identity.position?.seq ?? 0)

const settle = (turn: Turn, answer: Answer, asked: Asked): void => {
  const { owner, asking, cursor: before } = turn.inbox
  if (owner !== null && owner !== answer.owner) return refuseOwner(turn)
  set(turn, { owner: answer.owner })
  const verdict = weighAnswer(turn.inbox, answer)
  const isVain = verdict === 'malformed' || verdict === 'older'
  // Another tab asked from where it stood.
  if (isVain && asked.ask === undefined) return
  if (isVain) return leaveUnsettled(turn, answer, verdict)
  // What another tab was answered is older than what was asked here, and may not have what it was asked for.
  const mine = asking.name === 'asked' && asked.ask !== undefined ? asking : null
  if (mine) set(turn, { asking: { name: 'nothing' } })
  set(turn, { doubted: null })
  if (verdict === 'reset') restartAt(turn, answer)
  if (verdict === 'continues') readLog(turn, answer)
  drain(turn)
  const again = mine?.again || verdict === 'too-late'
  // A reset that holds events all the same is no reason to ask at once: it would be given again, for ever.
  const isFull = verdict === 'continues' && answer.events.length >= FULL_ANSWER
  if (again || isFull) return planAsk(turn, 'gap', 0)
  const inVain = mine && turn.inbox.cursor === before ? mine.attempt + 1 : 0
  if (inVain >= MOST_DOUBTS) dropStrays(turn)
  if (turn.inbox.held.length === 0) return confirm(turn, asked, answer.owner)
  if (asked.ask !== undefined) turn.effects.push({ name: 'unsettled', error: laggingAnswer(answer) })
  planAsk(turn, 'hole', inVain === 0 ? waitMs(turn) : againInMs(turn, inVain), inVain)
}

const confirm = (turn: Turn, { ask, asOfMs }: Asked, owner: string | null): void => {
  turn.effects.push({ name: 'confirmed', ask, asOfMs, owner })
}

const leaveUnsettled = (turn: Turn, answer: Answer, verdict: 'malformed' | 'older'): void => {
  const error = verdict === 'malformed' ? malformedAnswer(answer) : laggingAnswer(answer)
  if (verdict === 'malformed') turn.effects.push({ name: 'report', error })
  turn.effects.push({ name: 'unsettled', error })
  if (answer.reset) doubt(turn, answer)
  goUnanswered(turn)
}

/**
 * A log that says the page is ahead of it lags, or was restored from a backup without a new epoch. Nothing may be told twice, so the
 * page keeps its place; what it shows is read anew for whatever that log does next.
 */
const doubt = (turn: Turn, { cursor, spreadMs }: Answer): void => {
  const { cursor: ours, doubted } = turn.inbox
  if (ours?.epoch !== cursor.epoch || doubted === cursor.seq) return
  set(turn, { doubted: cursor.seq })
  turn.effects.push({ name: 'stale', because: 'ahead', spreadMs })
}

/** The guide's check has no log behind it: it says that something changed, in words that may have been heard already. */
const settleBare = (turn: Turn, answer: BareAnswer, asked: Asked): void => {
  const { echoes, isNews } = hearBare(turn.inbox.echoes, answer)
  set(turn, { echoes })
  if (isNews) turn.effects.push({ name: 'tell', change: bareChange(answer) })
  else if (answer.updated) turn.effects.push({ name: 'stale', because: 'again' })
  // Nobody can fill the hole.
  release(turn, 'kept')
  endAsk(turn, asked)
}

const bareChange = ({ message, atMs }: BareAnswer): Change => {
  const event = 'cart.conditions.changed'
  const change = { message, changes: {}, timestamp: new Date(atMs).toISOString() }
  const how = { via: 'check', receivedAtMs: atMs, afterGap: true, bare: true } as const
  return { event, change, meta: { event, key: `bare:${atMs}`, ...how } }
}

const settleNothing = (turn: Turn, asked: Asked): void => {
  if (turn.inbox.held.length === 0) return endAsk(turn, asked)
  if (asked.ask === undefined) return
  turn.effects.push({ name: 'unsettled', error: emptyAnswer() })
  goUnanswered(turn)
}

const endAsk = (turn: Turn, asked: Asked): void => {
  const { asking } = turn.inbox
  const mine = asking.name === 'asked' && asked.ask !== undefined ? asking : null
  if (mine) set(turn, { asking: { name: 'nothing' } })
  if (mine?.again) planAsk(turn, 'gap', 0)
  else confirm(turn, asked, null)
}

// The log is the truth: what it does not know after so many asks it will give by itself, or it never was.
const dropStrays = (turn: Turn): void => {
  set(turn, { held: [] })
  closeHole(turn)
}

const refuseOwner = (turn: Turn): void => {
  set(turn, { held: [], told: [], asking: { name: 'nothing' }, staleAtMs: null })
  turn.effects.push({ name: 'other-user' })
}

/** The log cannot be continued from here: what was missed is not told, and the page must be read anew. */
const restartAt = (turn: Turn, { cursor, spreadMs }: Answer): void => {
  enterEpoch(turn, cursor)
  turn.effects.push({ name: 'stale', because: 'reset', spreadMs })
}

const readLog = (turn: Turn, answer: Answer): void => {
  const { cursor } = turn.inbox
  if (cursor === null) return enterLog(turn, answer)
  // What a reset holds all the same follows on another place.
  if (answer.reset) return
  if (cursor.epoch !== answer.cursor.epoch) enterEpoch(turn, { epoch: answer.cursor.epoch, seq: 0 })
  const from = answer.since?.seq ?? 0
  for (const [index, logged] of answer.events.entries()) {
    readEntry(turn, logged, { epoch: answer.cursor.epoch, seq: from + index + 1 })
  }
}

/** A page that does not know where it stands takes the log's end, tells what it heard live until there, and is stale. */
const enterLog = (turn: Turn, answer: Answer): void => {
  const before = turn.inbox.held.filter(({ identity }) => isWithin(identity.position, answer.cursor)).sort(bySeq)
  for (const heard of before) tell(turn, heard, 'socket')
  restartAt(turn, answer)
}

const isWithin = (position: Cursor | null, end: Cursor): boolean =>
  position !== null && position.epoch === end.epoch && position.seq <= end.seq

const readEntry = (turn: Turn, { event, payload }: LoggedEvent, position: Cursor): void => {
  if (position.seq <= (turn.inbox.cursor?.seq ?? 0)) return
  const decode = turn.rules.events.get(event)
  const decoded = decode ? tryDecode(turn, event, payload, decode) : null
  if (!decoded) return set(turn, { cursor: position })
  pass(turn, { event, decoded, identity: positioned(position), receivedAtMs: turn.moment.nowMs }, 'check')
}

/** Tells what is next in line and moves the cursor there. */
const pass = (turn: Turn, heard: Heard, via: 'socket' | 'check'): void => {
  set(turn, { cursor: heard.identity.position })
  tell(turn, heard, via)
}

const tell = (turn: Turn, { event, decoded, identity, receivedAtMs }: Heard, via: 'socket' | 'check'): void => {
  if ((decoded.block.instance ?? 'default') !== turn.rules.instance) return
  const meta = { event, key: identity.key, via, receivedAtMs, afterGap: via === 'check' }
  const spreadMs = decoded.block.spread_ms ?? undefined
  turn.effects.push({ name: 'tell', change: { event, change: decoded.change, meta } as Change, spreadMs })
}

const enterEpoch = (turn: Turn, cursor: Cursor): void => {
  const { cursor: before, retired } = turn.inbox
  const left = before && before.epoch !== '' && before.epoch !== cursor.epoch ? [before.epoch] : []
  set(turn, { cursor, retired: [...retired, ...left].slice(-MOST_RETIRED) })
}

/** Tells what was held for as long as the next in line is among it, and forgets what has been passed. */
const drain = (turn: Turn): void => {
  for (let next = nextHeld(turn.inbox); next; next = nextHeld(turn.inbox)) pass(turn, next, 'socket')
  const held = turn.inbox.held.filter(({ identity }) => !isPassed(turn.inbox, identity.position))
  set(turn, { held })
  if (held.length === 0) closeHole(turn)
}

const closeHole = (turn: Turn): void => {
  const { asking } = turn.inbox
  const idle = asking.name === 'due' && asking.why === 'hole'
  set(turn, { staleAtMs: null, asking: idle ? { name: 'nothing' } : asking })
}

const nextHeld = ({ held, cursor }: Inbox): Heard | undefined =>
  held.find(
    ({ identity: { position } }) => position?.epoch === cursor?.epoch && position?.seq === (cursor?.seq ?? 0) + 1,
  )

const isPassed = ({ cursor, retired }: Inbox, position: Cursor | null): boolean =>
  position === null || retired.includes(position.epoch) || (cursor !== null && isWithin(position, cursor))

// A page of a log that was still empty has no epoch yet. Should the log have been emptied since, the check will say so.
const isBefore = (rendered: Cursor, cursor: Cursor | null): boolean =>
  cursor !== null && (rendered.epoch === cursor.epoch ? rendered.seq < cursor.seq : rendered.epoch === '')

/** A page rendered later knows more than we do; one rendered earlier (Back, prefetch) shows an old cart. */
const compareWithPage = (turn: Turn, rendered: Cursor): void => {
  const { cursor, retired } = turn.inbox
  if (retired.includes(rendered.epoch) || isBefore(rendered, cursor)) {
    return void turn.effects.push({ name: 'stale', because: 'older-page' })
  }
  enterEpoch(turn, rendered)
  drain(turn)
  turn.effects.push({ name: 'fresh' })
}
