import { type Abort, createAbort, type Signal } from './abort'
import type { Answer, Meaning } from './answer'
import { createAlarm, type Moment } from './clock'
import { type Cursor, placeOf } from './cursor'
import type { Audience, Environment, Stop } from './environment'
import { type CartEchoError, wordsOf } from './errors'
import { hasOwn } from './shape'
import { refused } from './state'
import {
  type Feed,
  type FeedEffect,
  type FeedSettings,
  type FeedStep,
  feedWakesAtMs,
  settledInMs,
  startFeed,
  takeAsk,
  takeBroadcast,
  takeFact,
  takeMeaning,
  takeSignal,
  takeTime,
  takeWake,
} from './sync/feed'
import { cannotAnswer, gone, type Link, type Query, type Reply, type Sink, stopLink, type Transport } from './transport'

/** One request of the check; rejects only when aborted. */
export type AskCheck = (query: Query, signal: Signal) => Promise<Meaning>

/** What a sync is made of. */
export interface SyncOptions {
  readonly environment: Environment
  /** Who looks, where that is not the environment's own page alone. */
  readonly audience?: Audience | undefined
  /** The live transport; null where there is no socket to be had: then the check alone feeds the page. */
  readonly live: Transport | null
  readonly check: AskCheck
  /** Where that is, for errors. Default: they do not say. */
  readonly url?: string | undefined
  /** The events that the live transport brings; others in the log are no sign that it is deaf. Default: all. */
  readonly events?: { has(name: string): boolean } | undefined
  /** How often to ask while nothing is heard live. Infinity: never by itself. Default 30,000 ms; the server may say otherwise. */
  readonly intervalMs?: number | undefined
  /** How often to ask while something is: at random in the second half of it. Infinity: never. Default 300,000 ms; the server may say otherwise. */
  readonly auditMs?: number | undefined
  /** How long an answer may take. Default 10,000 ms. */
  readonly timeoutMs?: number | undefined
}

const POLL_EVERY_MS = 30_000
const AUDIT_EVERY_MS = 300_000
const ANSWER_WITHIN_MS = 10_000

/**
 * Feeds a page from what is live and what the check says, on one cursor. Reports where something may be missing, polls while
 * nothing is live (after 5 to 10 s, so that a blip costs nothing), audits while something is, has one request in flight, and
 * asks nothing while nobody looks. When the session is over, or live updates are switched off, it stops listening too. Never throws.
 */
export const sync =
  (options: SyncOptions): Transport =>
  (sink) => {
    const { environment, audience = environment, check, events, timeoutMs = ANSWER_WITHIN_MS } = options
    const limit = createAlarm(environment)
    let stopped = false
    let live: Link | null = null
    let inFlight: Abort | null = null
    let seen: Cursor | null = null

    const perform = (effect: FeedEffect): void => {
      switch (effect.name) {
        case 'state':
          return sink.state(effect.fact)
        case 'resync':
          return sink.resync(effect.why)
        case 'report':
          return sink.report(effect.error)
        case 'open-live':
          return openLive()
        case 'close-live':
          return closeLive()
      }
    }

    const feed = runFeed(environment, settingsOf(options, audience), perform)

    const liveSink: Sink = {
      ...sink,
      deliver: (event, payload) => {
        seen = further(seen, placeOf(payload))
        feed.take(takeBroadcast)
        sink.deliver(event, payload)
      },
      state: (fact) => feed.take((now, moment) => takeFact(now, fact, moment)),
    }

    const openLive = (): void => {
      closeLive()
      const opened = begun(liveSink)
      // It may have spoken at once, and whoever heard it may have stopped the page.
      if (stopped) opened?.stop()
      else live = opened
    }

    // What throws there is the page's own Echo, and must not keep the check from feeding the page.
    const begun = (sink: Sink): Link | null => {
      try {
        return options.live?.(sink) ?? null
      } catch (cause) {
        sink.state(refused('echo-failed', { cause, detail: wordsOf(cause) }))
        return null
      }
    }

    const closeLive = (): void => stopLink(endLive, sink.report)

    const endLive = (): void => {
      const mine = live
      live = null
      mine?.stop()
    }

    const whyNot = (isUrgent: boolean) => whyNotNow(feed.get(), isUrgent, environment.nowMs())

    const ask = async (query: Query): Promise<Reply> => {
      if (stopped) return gone()
      const why = inFlight ? underWay() : whyNot(query.maxAgeMs !== undefined)
      if (why && !feed.get().isVisible) feed.take((now) => silently({ ...now, isOwed: true }))
      return why ?? request(query)
    }

    const request = async (query: Query): Promise<Reply> => {
      const abort = createAbort()
      inFlight = abort
      feed.take((now, moment) => silently(takeAsk(now, moment)))
      limit.set(timeoutMs, () => abort.abort())
      const meaning = await check(query, abort.signal).catch(() => tooLate(timeoutMs))
      limit.stop()
      inFlight = null
      return stopped ? gone() : settle(meaning)
    }

    const settle = (said: Meaning): Reply => {
      const meaning = hasOwn(said, 'status') ? { ...said, url: options.url } : said
      const isLog = meaning.name === 'log'
      const news = isLog ? { ...meaning, answer: unseen(meaning.answer, seen, events) } : meaning
      if (isLog) seen = further(seen, meaning.answer.cursor)
      feed.take((now, moment) => takeMeaning(now, news, moment))
      return hasOwn(meaning, 'status') ? (whyNot(false) ?? gone()) : meaning
    }

    const stopWatching = audience.watchPage((signal) => {
      if (signal === 'tick') return
      feed.take((now, moment) => (signal === 'woke' ? takeWake(now, moment) : takeSignal(now, signal, moment)))
    })
    feed.begin()

    return {
      ask,
      stop: () => {
        stopped = true
        stopWatching()
        feed.stop()
        limit.stop()
        inFlight?.abort()
        endLive()
      },
    }
  }

const silently = (feed: Feed): FeedStep => ({ feed, effects: [] })

const settingsOf = ({ live, intervalMs, auditMs }: SyncOptions, audience: Audience): FeedSettings => ({
  hasLive: live !== null,
  isVisible: audience.isVisible(),
  pollEveryMs: intervalMs ?? POLL_EVERY_MS,
  auditEveryMs: auditMs ?? AUDIT_EVERY_MS,
})

const tooLate = (timeoutMs: number): Meaning => ({
  name: 'failed',
  status: 0,
  detail: `No answer within ${timeoutMs / 1_000} s.`,
})

/** An ask that is not made. */
type NotNow = ReturnType<typeof cannotAnswer>

/**
 * Why the check is not asked now; null when it may be. Somebody who waits for the answer comes before back-off, visibility and the
 * end of a session, which may be over no more; not before a server that asked to be left alone.
 */
export const whyNotNow = (feed: Feed, isUrgent: boolean, nowMs: number): NotNow | null => {
  const { health, doubt } = feed
  if (health.name === 'dead') return notNow('never', health.error)
  if (health.name === 'ailing') {
    const next = health.notBeforeMs - nowMs
    const isHeldUp = next > 0 && (health.reason === 'check-busy' || !isUrgent)
    if (isHeldUp) return notNow(next, health.error)
  }
  // Whoever waits for the answer waits for the second.
  const inMs = doubt ? settledInMs(doubt, nowMs) : 0
  if (doubt && inMs > 0) return { ...notNow(inMs, doubt.error), isProvisional: true }
  return isUrgent || (doubt && feed.isVisible) ? null : whyNotUnbidden(feed)
}

const whyNotUnbidden = ({ duty, isVisible }: Feed): NotNow | null => {
  if (duty.name === 'session-over' && !duty.mayAsk) return notNow('when-told', duty.error)
  if (duty.name === 'switched-off' && !duty.mayAsk) return cannotAnswer(OFF)
  return isVisible ? null : cannotAnswer(HIDDEN)
}

/** The reply to an ask while another is under way. */
export const underWay = (): NotNow => ({ ...cannotAnswer('The check is being asked already.'), next: 1_000 })

const notNow = (next: NotNow['next'], error: CartEchoError): NotNow => ({ name: 'unanswered', next, error })

const HIDDEN = 'Nobody looks at the page: the check is asked when somebody does.'
const OFF = 'The shop has switched live updates off: the check is asked when somebody looks, every 15 min at most.'

/** A feed that lives. */
interface RunningFeed {
  /** Does what its beginning asks for. Apart from `runFeed`, so that whoever is told at once already has what to stop. */
  readonly begin: () => void
  readonly get: () => Feed
  /** Moves it, and does what that asks for. */
  readonly take: (move: (feed: Feed, moment: Moment) => FeedStep) => void
  readonly stop: Stop
}

/** Lays a feed's clock on the world's. Whatever is done may move or stop it. */
const runFeed = (
  environment: Environment,
  settings: FeedSettings,
  perform: (effect: FeedEffect) => void,
): RunningFeed => {
  const alarm = createAlarm(environment)
  const moment = (): Moment => ({ nowMs: environment.nowMs(), random: environment.random() })
  const begun = startFeed(settings, moment())
  let { feed } = begun
  let stopped = false

  const take: RunningFeed['take'] = (move) => {
    if (stopped) return
    const { feed: next, effects } = move(feed, moment())
    feed = next
    for (const effect of effects) if (!stopped) perform(effect)
    wake()
  }

  const wake = (): void => {
    const atMs = feedWakesAtMs(feed)
    if (stopped || atMs === null) alarm.stop()
    else alarm.set(Math.max(0, atMs - environment.nowMs()), () => take(takeTime))
  }

  return {
    begin: () => take(() => begun),
    get: () => feed,
    take,
    stop: () => {
      stopped = true
      alarm.stop()
    },
  }
}

/** The place that is further on: what the socket has brought, or the check has said. */
export const further = (seen: Cursor | null, place: Cursor | null): Cursor | null => {
  if (!place) return seen
  return seen?.epoch === place.epoch && seen.seq > place.seq ? seen : place
}

/**
 * An answer with nothing in it but what the socket should have brought, and did not: one to a tab that is behind gives again what it
 * has. `brings`: the events of the socket; undefined: all.
 */
export const unseen = (
  answer: Answer,
  seen: Cursor | null,
  brings: { has(event: string): boolean } | undefined,
): Answer => {
  const { since, cursor, events } = answer
  const known = seen?.epoch === cursor.epoch ? Math.max(0, seen.seq - (since?.seq ?? 0)) : 0
  return { ...answer, events: events.slice(known).filter(({ event }) => brings?.has(event) ?? true) }
}
