import { FULL_ANSWER, type Meaning } from '../../core/answer'
import type { ConnectionFact, PollingReason } from '../../core/connection'
import type { PageSignal } from '../../core/environment'
import type { CartEchoError } from '../../core/errors'
import type { Moment } from '../../core/moment'
import { refused } from '../../core/refusal'
import type { GapReason } from '../../core/transport'
import { compared, deafness, type Ear, freshEar, heardOne, isDeaf } from './ear'
import { afterJump, type Health, type HealthMeaning, nextHealth, well } from './health'
import { auditInMs, intervalMs, pollInMs } from './interval'

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

/** What is live. `none`: there is no socket to be had. */
export type Live =
  | { readonly name: 'none' }
  /** Not live yet, or not any more; polls begin at `pollFromMs`. */
  | ({ readonly name: 'coming'; readonly pollFromMs: number } & Ailment)
  | ({ readonly name: 'away' } & Ailment)
  | { readonly name: 'up'; readonly ear: Ear }
  | ({ readonly name: 'deaf' } & Ailment)

interface Ailment {
  readonly because: PollingReason
  readonly error: CartEchoError | null
}

/** What is to be done, in this order. */
export type FeedEffect =
  | { readonly name: 'state'; readonly fact: ConnectionFact }
  | { readonly name: 'gap'; readonly why: GapReason }
  | { readonly name: 'report'; readonly error: CartEchoError }
  | { readonly name: 'open-live' }
  | { readonly name: 'close-live' }

/** How a feed begins. */
export interface FeedSettings {
  readonly hasLive: boolean
  readonly isVisible: boolean
  readonly pollEveryMs: number
  readonly auditEveryMs: number
}

/** So long a loss of the socket costs no request; the same again at random, for a server loses all its pages at once. */
const GRACE_MS = 5_000
/** A page that was looked at so lately needs no other look. */
const LOOKED_AT_MS = 3_000
/** How seldom a shop that has switched live updates off is asked whether they are on again. */
const OFF_FOR_MS = 900_000

type Step = { readonly feed: Feed; readonly effects: readonly FeedEffect[] }

interface Turn {
  feed: Feed
  readonly effects: FeedEffect[]
  readonly moment: Moment
}

const step = (feed: Feed, moment: Moment, move: (turn: Turn) => void): Step => {
  const turn: Turn = { feed, effects: [], moment }
  move(turn)
  plan(turn, feed)
  show(turn)
  return { feed: turn.feed, effects: turn.effects }
}

const set = (turn: Turn, change: Partial<Feed>): void => {
  turn.feed = { ...turn.feed, ...change }
}

const say = (turn: Turn, effect: FeedEffect): void => void turn.effects.push(effect)

/** A feed that begins: opens what is live, or asks at once. */
export const startFeed = (settings: FeedSettings, moment: Moment): Step => {
  const { hasLive, isVisible } = settings
  const feed: Feed = {
    duty: { name: 'serving' },
    live: hasLive ? coming(moment) : { name: 'none' },
    health: well,
    isVisible,
    isOwed: false,
    pollEveryMs: intervalMs(undefined, settings.pollEveryMs),
    auditEveryMs: intervalMs(undefined, settings.auditEveryMs),
    askedAtMs: moment.nowMs,
    dueAtMs: null,
  }
  return step(feed, moment, (turn) => say(turn, hasLive ? { name: 'open-live' } : { name: 'gap', why: 'due' }))
}

const coming = ({ nowMs, random }: Moment, ailment: Ailment = lost): Live => ({
  ...ailment,
  name: 'coming',
  pollFromMs: nowMs + GRACE_MS * (1 + random),
})

const lost: Ailment = { because: 'socket-lost', error: null }

/** When the feed wants to be handed the time next; null: not at all. */
export const feedWakesAtMs = ({ duty, live, dueAtMs }: Feed): number | null => {
  if (duty.name !== 'serving') return null
  if (live.name === 'coming') return live.pollFromMs
  return dueAtMs
}

/** The time that the feed wanted to be handed has come. By the timer, not by the clock, which may have been set meanwhile. */
export const takeTime = (feed: Feed, moment: Moment): Step =>
  step(feed, moment, (turn) => {
    const { live, dueAtMs } = feed
    if (feed.duty.name !== 'serving') return
    if (live.name === 'coming') return startPolling(turn, live)
    if (dueAtMs === null) return
    set(turn, { dueAtMs: null, askedAtMs: moment.nowMs })
    say(turn, { name: 'gap', why: 'due' })
  })

const startPolling = (turn: Turn, { because, error }: Ailment): void => {
  set(turn, { live: { name: 'away', because, error } })
  say(turn, { name: 'gap', why: 'due' })
}

/** What the live transport said of itself. */
export const takeFact = (feed: Feed, fact: ConnectionFact, moment: Moment): Step =>
  step(feed, moment, (turn) => {
    if (feed.duty.name !== 'serving') return
    if (fact.name === 'subscribed') return goUp(turn, fact)
    // Without polls the live transport's own word is all there is to say.
    if (fact.name !== 'refused' && !isPolling(feed)) say(turn, { name: 'state', fact })
    const ailment = ailmentOf(fact, feed.live)
    if (ailment) goDown(turn, ailment, fact.name === 'refused')
  })

const goUp = (turn: Turn, fact: ConnectionFact): void => {
  const { live, health } = turn.feed
  // The server is there again: what could not answer is worth another ask.
  if (health.name === 'ailing' && health.because === 'check-failed') set(turn, { health: well })
  // Subscribed once more, and still nothing heard.
  if (live.name === 'deaf') return
  set(turn, { live: { name: 'up', ear: live.name === 'up' ? live.ear : freshEar } })
  say(turn, { name: 'state', fact })
}

const ailmentOf = (fact: ConnectionFact, live: Live): Ailment | null => {
  if (fact.name === 'refused' || fact.name === 'delayed') return { because: fact.because, error: fact.error }
  // A socket that was given up on in silence is opened anew without having been lost.
  const isReopened = fact.name === 'socket-opening' && live.name === 'up'
  return isReopened || fact.name === 'socket-lost' || fact.name === 'channel-left' ? lost : null
}

const goDown = (turn: Turn, ailment: Ailment, isFinal: boolean): void => {
  const { live } = turn.feed
  if (live.name === 'away') set(turn, { live: { name: 'away', ...ailment } })
  else if (isFinal) startPolling(turn, ailment)
  else if (live.name === 'coming') set(turn, { live: { ...live, ...ailment } })
  else if (live.name !== 'deaf') set(turn, { live: coming(turn.moment, ailment) })
}

/** A broadcast came by the socket. */
export const takeBroadcast = (feed: Feed, moment: Moment): Step =>
  step(feed, moment, (turn) => {
    const { live } = feed
    if (live.name === 'up') set(turn, { live: { name: 'up', ear: heardOne } })
    if (live.name !== 'deaf') return
    set(turn, { live: { name: 'up', ear: heardOne } })
    say(turn, { name: 'state', fact: { name: 'subscribed' } })
  })

/** The check is asked. */
export const takeAsk = (feed: Feed, { nowMs }: Moment): Feed => ({
  ...feed,
  duty: 'mayAsk' in feed.duty ? { ...feed.duty, mayAsk: false } : feed.duty,
  isOwed: false,
  askedAtMs: nowMs,
  dueAtMs: null,
})

/** What the check said. */
export const takeMeaning = (feed: Feed, meaning: Meaning, moment: Moment): Step =>
  step(feed, moment, (turn) => {
    if (meaning.name === 'session-over') return endSession(turn, meaning.status)
    takeHealth(turn, meaning)
    if (turn.feed.health.name !== 'well') return
    if (meaning.name === 'log') takePolicy(turn, meaning)
    if (meaning.name !== 'log' || meaning.policy.enabled) resume(turn)
    else switchOff(turn)
  })

const endSession = (turn: Turn, status: number): void => {
  const { duty } = turn.feed
  const known = duty.name === 'session-over' ? duty.error : null
  const error = known ?? refused('session-over', { status, detail: `(HTTP ${status})` }).error
  say(turn, { name: 'close-live' })
  say(turn, { name: 'state', fact: { name: 'refused', because: 'session-over', error } })
  set(turn, { duty: { name: 'session-over', error, mayAsk: false }, health: well })
}

const switchOff = (turn: Turn): void => {
  set(turn, { duty: { name: 'switched-off', sinceMs: turn.moment.nowMs, mayAsk: false } })
  say(turn, { name: 'close-live' })
  say(turn, { name: 'state', fact: { name: 'idle', because: 'switched-off' } })
}

const resume = (turn: Turn): void => {
  const { duty, live } = turn.feed
  if (duty.name === 'serving') return
  set(turn, { duty: { name: 'serving' }, live: live.name === 'none' ? live : coming(turn.moment) })
  say(turn, { name: 'state', fact: { name: 'starting' } })
  if (live.name !== 'none') say(turn, { name: 'open-live' })
}

const takeHealth = (turn: Turn, meaning: HealthMeaning): void => {
  const before = turn.feed.health
  const health = nextHealth(before, meaning, turn.moment)
  set(turn, { health })
  // Said even while something is live: holes could not be filled.
  if (health.name !== 'well' && health.error !== errorOf(before)) say(turn, { name: 'report', error: health.error })
}

const errorOf = (health: Health): CartEchoError | null => ('error' in health ? health.error : null)

const takePolicy = (turn: Turn, { answer, policy }: Meaning & { name: 'log' }): void => {
  const { pollEveryMs, auditEveryMs, live } = turn.feed
  set(turn, {
    pollEveryMs: intervalMs(policy.pollMs, pollEveryMs),
    auditEveryMs: intervalMs(policy.auditMs, auditEveryMs),
  })
  if (live.name !== 'up') return
  // A full answer is only the beginning of what was missed.
  const ear = answer.events.length < FULL_ANSWER ? compared(live.ear, answer.events.length) : live.ear
  const error = isDeaf(ear) ? deafness() : null
  set(turn, { live: error ? { name: 'deaf', because: 'no-broadcasts', error } : { name: 'up', ear } })
}

/** What the page goes through. */
export const takeSignal = (feed: Feed, signal: PageSignal, moment: Moment): Step =>
  step(feed, moment, (turn) => {
    if (signal === 'hidden') set(turn, { isVisible: false })
    if (signal === 'visible') set(turn, { isVisible: true, health: afterJump(feed.health, moment.nowMs) })
    if (signal === 'visible' || signal === 'navigated') look(turn, signal === 'visible' ? 'due' : 'navigated')
    if (signal === 'online') comeOnline(turn)
  })

// A clock that was put back says nothing: then it was long ago.
const isWithin = (fromMs: number, ms: number, nowMs: number): boolean => nowMs >= fromMs && nowMs - fromMs < ms

const look = (turn: Turn, why: GapReason): void => {
  const { feed } = turn
  const { nowMs } = turn.moment
  const isFresh = isWithin(feed.askedAtMs, LOOKED_AT_MS, nowMs)
  const { duty } = feed
  if (duty.name !== 'serving') {
    const mayAsk = duty.name === 'session-over' ? !isFresh : !isWithin(duty.sinceMs, OFF_FOR_MS, nowMs)
    set(turn, { duty: { ...duty, mayAsk } })
    if (mayAsk) say(turn, { name: 'gap', why })
    return
  }
  const isStale = isPolling(feed) || why === 'navigated' || !isWithin(feed.askedAtMs, feed.auditEveryMs, nowMs)
  if (feed.isOwed || (isStale && !isFresh)) say(turn, { name: 'gap', why })
}

const comeOnline = (turn: Turn): void => {
  const { duty, health } = turn.feed
  // No answer was our own network's fault.
  if (health.name === 'ailing' && health.status === 0) set(turn, { health: well })
  if (duty.name === 'serving') say(turn, { name: 'gap', why: 'online' })
}

/** The clock jumped: nothing that was planned by it holds. */
export const takeWake = (feed: Feed, moment: Moment): Step =>
  step(feed, moment, (turn) => {
    const { live, health } = feed
    const isBusy = health.name === 'ailing' && health.because === 'check-busy'
    set(turn, {
      // Long enough ago for the look that may come with it.
      askedAtMs: moment.nowMs - LOOKED_AT_MS,
      dueAtMs: null,
      live: live.name === 'coming' ? coming(moment, live) : live,
      health: health.name === 'ailing' && !isBusy ? well : afterJump(health, moment.nowMs),
    })
    if (feed.duty.name === 'serving') say(turn, { name: 'gap', why: 'woke' })
  })

/** True while the check is what feeds the page. */
export const isPolling = ({ live }: Feed): boolean =>
  live.name === 'none' || live.name === 'away' || live.name === 'deaf'

// What failed is asked again by whoever asked, and while nobody looks nothing is due.
const plan = (turn: Turn, before: Feed): void => {
  const { feed, moment } = turn
  const { duty, live, health, isVisible, dueAtMs } = feed
  const isDue = duty.name === 'serving' && isVisible && health.name === 'well' && live.name !== 'coming'
  if (!isDue) return set(turn, { dueAtMs: null })
  if (dueAtMs === null || !isSameRhythm(before, feed))
    return set(turn, { dueAtMs: feed.askedAtMs + inMs(feed, moment) })
  // It was said to be due, and is asked soon if it can be.
  if (dueAtMs <= moment.nowMs) set(turn, { dueAtMs: moment.nowMs + inMs(feed, moment) })
}

const isSameRhythm = (a: Feed, b: Feed): boolean =>
  isPolling(a) === isPolling(b) && a.pollEveryMs === b.pollEveryMs && a.auditEveryMs === b.auditEveryMs

const inMs = (feed: Feed, { random }: Moment): number =>
  isPolling(feed) ? pollInMs(feed.pollEveryMs, random) : auditInMs(feed.auditEveryMs, random)

// Where the check feeds the page, it is what there is to say of it. The connection knows what is no news.
const show = (turn: Turn): void => {
  const { feed } = turn
  if (feed.duty.name === 'serving' && isPolling(feed)) say(turn, { name: 'state', fact: pollingFact(feed) })
}

const pollingFact = ({ live, health, dueAtMs }: Feed): ConnectionFact => {
  const { because, error } = 'because' in live ? live : noSocket
  if (health.name === 'well') return { name: 'polling', because, error, nextTryAtMs: dueAtMs }
  if (health.name === 'ailing') {
    return { name: 'delayed', because: health.because, error: health.error, nextTryAtMs: health.notBeforeMs }
  }
  // The socket, which goes on trying, is the only hope left.
  if (because === 'socket-lost') return { name: 'socket-lost' }
  return { name: 'refused', because: health.because, error: health.error }
}

const noSocket: Ailment = { because: 'no-socket', error: null }
