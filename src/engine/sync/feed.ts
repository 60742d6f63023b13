import { FULL_ANSWER, type Meaning, type NoAnswer } from '../answer'
import type { Moment } from '../clock'
import type { PageSignal } from '../environment'
import type { CartEchoError } from '../errors'
import { hasOwn } from '../shape'
import { type ConnectionFact, refused } from '../state'
import type { GapReason } from '../transport'
import {
  type Ailment,
  afterBroadcast,
  afterComparison,
  afterFact,
  afterJump,
  coming,
  type Health,
  type HealthMeaning,
  isPolling,
  type Live,
  nextHealth,
  well,
  wireOf,
} from './health'

/**
 * How a page is fed from two sources. A value; `takeFact` and its like move it.
 *
 *     coming ──(subscribed)──► up ──(two audits find what it never brought)──► deaf
 *       │ ▲                    │                                                 │
 *  (5 to 10 s) └───(lost)──────┘                (a broadcast arrives: up) ◄──────┘
 *       ▼
 *      away, none: the check is polled
 */
export interface Feed {
  readonly duty: Duty
  readonly live: Live
  readonly health: Health
  /** Set once an answer has said that nobody is logged in, until another says so too, or otherwise. */
  readonly doubt: Doubt | null
  readonly isVisible: boolean
  /** True when something was to be asked while nobody looked. */
  readonly isOwed: boolean
  readonly pollEveryMs: number
  readonly auditEveryMs: number
  readonly askedAtMs: number
  /** When a poll or an audit is due; null while neither is. */
  readonly dueAtMs: number | null
}

/**
 * Whether the page is served: as long as somebody is logged in, and the shop wants it. Otherwise nothing is listened to, and the
 * check is asked again (`mayAsk`) only when somebody looks.
 */
export type Duty =
  | { readonly name: 'serving' }
  | { readonly name: 'session-over'; readonly error: CartEchoError; readonly mayAsk: boolean }
  | { readonly name: 'switched-off'; readonly sinceMs: number; readonly mayAsk: boolean }

/**
 * One answer said that the session is over. It may have been renewed meanwhile, by a log-in elsewhere, or somebody else may have answered: the check is
 * asked once more, not before `askFromMs` of the clock, before that is believed.
 */
interface Doubt {
  readonly error: CartEchoError
  readonly askFromMs: number
}

/** What is to be done, in this order. */
export type FeedEffect =
  | { readonly name: 'state'; readonly fact: ConnectionFact }
  | { readonly name: 'resync'; readonly why: GapReason }
  | { readonly name: 'report'; readonly error: CartEchoError }
  | { readonly name: 'open-live' }
  | { readonly name: 'close-live' }

/** A feed after a move, and what that asks for. */
export interface FeedStep {
  readonly feed: Feed
  readonly effects: readonly FeedEffect[]
}

/** How a feed begins. */
export interface FeedSettings {
  readonly hasLive: boolean
  readonly isVisible: boolean
  readonly pollEveryMs: number
  readonly auditEveryMs: number
}

/** A page that was looked at so lately needs no other look. */
const LOOKED_AT_MS = 3_000
/** A click on the page's own window may follow a log-in in another within seconds. */
const FOCUSED_MS = 1_000
const DOUBT_FOR_MS = 2_000
const DOUBT_SPREAD_MS = 3_000
/** How seldom a shop that has switched live updates off is asked whether they are on again. */
const OFF_FOR_MS = 900_000

interface Turn {
  feed: Feed
  readonly effects: FeedEffect[]
  readonly moment: Moment
}

const step = (before: Feed, moment: Moment, move: (turn: Turn) => void): FeedStep => {
  const turn: Turn = { feed: before, effects: [], moment }
  move(turn)
  set(turn, { dueAtMs: nextDueAtMs(before, turn.feed, moment) })
  const { feed, effects } = turn
  // Where the check feeds the page, it is what there is to say of it. The connection knows what is no news.
  if (isServing(feed) && isPolling(feed)) say(turn, pollingFact(feed))
  return { feed, effects }
}

const set = (turn: Turn, change: Partial<Feed>): void => {
  turn.feed = { ...turn.feed, ...change }
}

const say = (turn: Turn, fact: ConnectionFact): void => void turn.effects.push({ name: 'state', fact })

const resync = (turn: Turn, why: GapReason): void => void turn.effects.push({ name: 'resync', why })

/** A feed that begins: opens what is live, or asks at once. */
export const startFeed = (
  { hasLive, isVisible, pollEveryMs, auditEveryMs }: FeedSettings,
  moment: Moment,
): FeedStep => {
  const feed: Feed = {
    duty: serving,
    live: hasLive ? coming(moment) : { name: 'none' },
    health: well,
    doubt: null,
    isVisible,
    isOwed: false,
    pollEveryMs: intervalMs(undefined, pollEveryMs),
    auditEveryMs: intervalMs(undefined, auditEveryMs),
    askedAtMs: moment.nowMs,
    dueAtMs: null,
  }
  return step(feed, moment, (turn) => {
    if (hasLive) turn.effects.push({ name: 'open-live' })
    else resync(turn, 'due')
  })
}

const serving: Duty = { name: 'serving' }

const isServing = ({ duty }: Feed): boolean => duty.name === 'serving'

/** When the feed wants to be handed the time next; null: not at all. */
export const feedWakesAtMs = (feed: Feed): number | null => {
  if (!isServing(feed)) return null
  return feed.live.name === 'coming' ? feed.live.pollFromMs : feed.dueAtMs
}

/** The time that the feed wanted to be handed has come. By the timer, not by the clock, which may have been set meanwhile. */
export const takeTime = (feed: Feed, moment: Moment): FeedStep =>
  step(feed, moment, (turn) => {
    const { live, dueAtMs } = feed
    if (!isServing(feed)) return
    if (live.name === 'coming') return goLive(turn, { name: 'away', reason: live.reason, error: live.error })
    if (dueAtMs === null) return
    set(turn, { dueAtMs: null, askedAtMs: moment.nowMs })
    resync(turn, 'due')
  })

const goLive = (turn: Turn, live: Live): void => {
  // The polls begin.
  if (live.name === 'away' && turn.feed.live.name !== 'away') resync(turn, 'due')
  set(turn, { live })
}

/** What the live transport said of itself. */
export const takeFact = (feed: Feed, fact: ConnectionFact, moment: Moment): FeedStep =>
  step(feed, moment, (turn) => {
    const { live, health } = feed
    if (!isServing(feed)) return
    // The server is there again: what could not answer is worth another ask.
    const isBack = fact.name === 'subscribed' && hasOwn(health, 'reason') && health.reason === 'check-failed'
    if (isBack) set(turn, { health: well })
    goLive(turn, afterFact(live, fact, moment))
    // Without polls the live transport's own word is all there is to say.
    if (!isPolling(turn.feed)) say(turn, fact)
  })

/** A broadcast came by the socket. */
export const takeBroadcast = (feed: Feed, moment: Moment): FeedStep =>
  step(feed, moment, (turn) => {
    set(turn, { live: afterBroadcast(feed.live) })
    if (feed.live.name === 'deaf') say(turn, { name: 'subscribed' })
  })

/** The check is asked. */
export const takeAsk = (feed: Feed, { nowMs }: Moment): Feed => ({
  ...feed,
  duty: feed.duty.name === 'serving' ? feed.duty : { ...feed.duty, mayAsk: false },
  isOwed: false,
  askedAtMs: nowMs,
  dueAtMs: null,
})

/** What the check said. */
export const takeMeaning = (feed: Feed, meaning: Meaning, moment: Moment): FeedStep =>
  step(feed, moment, (turn) => {
    if (meaning.name === 'session-over') return doubtSession(turn, meaning)
    takeHealth(turn, meaning)
    if (turn.feed.health.name !== 'well') return
    set(turn, { doubt: null })
    if (meaning.name === 'log') takePolicy(turn, meaning)
    if (meaning.name !== 'log' || meaning.policy.enabled) resume(turn)
    else stopServing(turn, switchedOff(moment), { name: 'idle', reason: 'switched-off' })
  })

const switchedOff = ({ nowMs }: Moment): Duty => ({ name: 'switched-off', sinceMs: nowMs, mayAsk: false })

/** How long the ask that settles a doubt is to wait still; 0 where it is due. A clock that was put back since says nothing. */
export const settledInMs = ({ askFromMs }: Doubt, nowMs: number): number => {
  const inMs = askFromMs - nowMs
  return inMs > 0 && inMs <= DOUBT_FOR_MS + DOUBT_SPREAD_MS ? inMs : 0
}

const doubtSession = (turn: Turn, answer: NoAnswer): void => {
  const { duty, doubt } = turn.feed
  const { nowMs, random } = turn.moment
  const fact = refused('session-over', { status: answer.status, detail: `(${wireOf(answer)})` })
  set(turn, { health: well })
  if (duty.name !== 'session-over') {
    // One that was asked for in between says no more than the first.
    if (doubt && settledInMs(doubt, nowMs) > 0) return
    const askFromMs = nowMs + DOUBT_FOR_MS + DOUBT_SPREAD_MS * random
    if (!doubt) return set(turn, { doubt: { error: fact.error, askFromMs } })
  }
  const error = duty.name === 'session-over' ? duty.error : (doubt?.error ?? fact.error)
  set(turn, { doubt: null })
  stopServing(turn, { name: 'session-over', error, mayAsk: false }, { ...fact, error })
}

const stopServing = (turn: Turn, duty: Duty, fact: ConnectionFact): void => {
  set(turn, { duty })
  turn.effects.push({ name: 'close-live' })
  say(turn, fact)
}

const resume = (turn: Turn): void => {
  const { feed, moment } = turn
  const hasLive = feed.live.name !== 'none'
  if (isServing(feed)) return
  set(turn, { duty: serving, live: hasLive ? coming(moment) : feed.live })
  say(turn, { name: 'starting' })
  if (hasLive) turn.effects.push({ name: 'open-live' })
}

const takeHealth = (turn: Turn, meaning: HealthMeaning): void => {
  const { health: before } = turn.feed
  const health = nextHealth(before, meaning, turn.moment)
  set(turn, { health })
  // Said even while something is live: gaps could not be filled.
  if (health.name !== 'well' && (before.name === 'well' || health.error !== before.error))
    turn.effects.push({ name: 'report', error: health.error })
}

const takePolicy = (turn: Turn, { answer, policy }: Meaning & { name: 'log' }): void => {
  const { pollEveryMs, auditEveryMs, live } = turn.feed
  const events = answer.events.length
  set(turn, {
    pollEveryMs: intervalMs(policy.pollMs, pollEveryMs),
    auditEveryMs: intervalMs(policy.auditMs, auditEveryMs),
    // A full answer is only the beginning of what was missed.
    live: events < FULL_ANSWER ? afterComparison(live, events) : live,
  })
}

/** What the page goes through. */
export const takeSignal = (feed: Feed, signal: PageSignal, moment: Moment): FeedStep =>
  step(feed, moment, (turn) => {
    if (signal === 'hidden') set(turn, { isVisible: false })
    if (signal === 'visible') {
      set(turn, { isVisible: true, health: afterJump(feed.health, moment.nowMs) })
      look(turn, 'due')
    }
    if (signal === 'focused' && !isServing(feed)) look(turn, 'due', FOCUSED_MS)
    if (signal === 'navigated') look(turn, signal)
    if (signal === 'online') comeOnline(turn)
  })

const look = (turn: Turn, why: 'due' | 'navigated', freshForMs = LOOKED_AT_MS): void => {
  const { feed, moment } = turn
  // A clock that was put back says nothing: then it was long ago.
  const isWithin = (fromMs: number, ms: number): boolean => moment.nowMs >= fromMs && moment.nowMs - fromMs < ms
  const { duty, askedAtMs } = feed
  const isFresh = isWithin(askedAtMs, freshForMs)
  if (duty.name === 'serving') {
    const isStale = isPolling(feed) || why === 'navigated' || !isWithin(askedAtMs, feed.auditEveryMs)
    if (feed.isOwed || (isStale && !isFresh)) resync(turn, why)
    return
  }
  const mayAsk = duty.name === 'session-over' ? !isFresh : !isWithin(duty.sinceMs, OFF_FOR_MS)
  set(turn, { duty: { ...duty, mayAsk } })
  if (mayAsk) resync(turn, why)
}

const comeOnline = (turn: Turn): void => {
  const { feed } = turn
  // No answer was our own network's fault.
  if (feed.health.name === 'ailing' && feed.health.status === 0) set(turn, { health: well })
  if (isServing(feed)) resync(turn, 'online')
}

/** The clock jumped: nothing that was planned by it holds. */
export const takeWake = (feed: Feed, moment: Moment): FeedStep =>
  step(feed, moment, (turn) => {
    const { live, health } = feed
    const isForgotten = health.name === 'ailing' && health.reason !== 'check-busy'
    set(turn, {
      // Long enough ago for the look that may come with it.
      askedAtMs: moment.nowMs - LOOKED_AT_MS,
      dueAtMs: null,
      live: live.name === 'coming' ? coming(moment, live) : live,
      health: isForgotten ? well : afterJump(health, moment.nowMs),
    })
    if (isServing(feed)) resync(turn, 'woke')
  })

const pollingFact = ({ live, health, dueAtMs }: Feed): ConnectionFact => {
  const { reason, error } = hasOwn(live, 'reason') ? live : noSocket
  if (health.name === 'well') return { name: 'polling', reason, error, nextTryAtMs: dueAtMs }
  if (health.name === 'ailing') {
    return { name: 'delayed', reason: health.reason, error: health.error, nextTryAtMs: health.notBeforeMs }
  }
  // The socket, which goes on trying, is the only hope left.
  if (reason === 'socket-lost') return { name: 'socket-lost' }
  return { name: 'refused', reason: health.reason, error: health.error }
}

const noSocket: Ailment = { reason: 'no-socket', error: null }

/**
 * When a poll or an audit is due after a move, or null. What failed is asked again by whoever asked, and while nobody looks nothing is
 * due.
 */
const nextDueAtMs = (before: Feed, feed: Feed, { nowMs, random }: Moment): number | null => {
  const { duty, live, health, isVisible, dueAtMs, pollEveryMs, auditEveryMs } = feed
  if (duty.name !== 'serving' || !isVisible || health.name !== 'well' || live.name === 'coming') return null
  const inMs = isPolling(feed) ? pollInMs(pollEveryMs, random) : auditInMs(auditEveryMs, random)
  if (!Number.isFinite(inMs)) return null
  if (dueAtMs === null || !isSameRhythm(before, feed)) return feed.askedAtMs + inMs
  // It was said to be due, and is asked soon if it can be.
  return dueAtMs > nowMs ? dueAtMs : nowMs + inMs
}

const isSameRhythm = (a: Feed, b: Feed): boolean =>
  isPolling(a) === isPolling(b) && a.pollEveryMs === b.pollEveryMs && a.auditEveryMs === b.auditEveryMs

const SHORTEST_MS = 1_000
const LONGEST_MS = 86_400_000

/** Asked at least so often, and at most so often, whatever the server says; or never, where the page itself says that. */
const within = (ms: number): number => (ms === NEVER ? ms : Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms)))

const NEVER = Number.POSITIVE_INFINITY

/**
 * The server's interval where it gives one, within 1 s and 24 h. One below 1 s is taken for seconds by mistake, and passed over:
 * thousands of pages would obey it.
 */
export const intervalMs = (given: number | undefined, known: number): number =>
  known === NEVER || given === undefined || given < SHORTEST_MS ? within(known) : within(given)

/** When the next poll is due: never sooner than the interval, and up to a quarter later, so that pages drift apart. */
export const pollInMs = (interval: number, random: number): number => interval * (1 + random / 4)

/** When the next audit is due: at random in the second half of the interval. */
export const auditInMs = (interval: number, random: number): number => interval * (0.5 + random / 2)
