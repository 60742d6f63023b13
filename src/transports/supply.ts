import type { Meaning } from '../core/answer'
import type { Cursor } from '../core/cursor'
import type { Audience, Environment, Stop } from '../core/environment'
import type { Moment } from '../core/moment'
import { placeOf } from '../core/place'
import { stopLink } from '../core/stop-link'
import type { Link, Query, Reply, Sink, Transport } from '../core/transport'
import { gone } from '../core/unanswered'
import { watchWake } from '../core/wake'
import { underWay, whyNotNow } from './supply/admission'
import {
  type Feed,
  type FeedEffect,
  feedWakesAtMs,
  startFeed,
  takeAsk,
  takeBroadcast,
  takeFact,
  takeMeaning,
  takeSignal,
  takeTime,
  takeWake,
} from './supply/feed'

/** One request of the check; rejects only when aborted. */
export type AskCheck = (query: Query, signal: AbortSignal) => Promise<Meaning>

/** What a supply is made of. */
export interface SupplyOptions {
  readonly environment: Environment
  /** Who looks, where that is not the environment's own page alone. */
  readonly audience?: Audience | undefined
  /** The live transport; null where there is no socket to be had: then the check alone feeds the page. */
  readonly live: Transport | null
  readonly check: AskCheck
  /** The events that the live transport brings; others in the log are no sign that it is deaf. Default: all. */
  readonly events?: { has(name: string): boolean } | undefined
  /** How often to ask while nothing is heard live. Default 30,000 ms; the server may say otherwise. */
  readonly intervalMs?: number | undefined
  /** How often to ask while something is: at random in the second half of it. Default 300,000 ms; the server may say otherwise. */
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
export const supply =
  (options: SupplyOptions): Transport =>
  (sink) => {
    const { environment, audience = environment, timeoutMs = ANSWER_WITHIN_MS } = options
    const moment = (): Moment => ({ nowMs: environment.nowMs(), random: environment.random() })
    let stopped = false
    let stopTimer: Stop = () => undefined
    let live: Link | null = null
    let inFlight: AbortController | null = null
    let stopWaiting: Stop = () => undefined
    let feed: Feed | null = null
    let seen: Cursor | null = null

    const take = (move: (feed: Feed) => ReturnType<typeof takeTime>): void => {
      if (stopped || !feed) return
      const { feed: next, effects } = move(feed)
      feed = next
      for (const effect of effects) if (!stopped) perform(effect)
      wake()
    }

    const perform = (effect: FeedEffect): void => {
      switch (effect.name) {
        case 'state':
          return sink.state(effect.fact)
        case 'gap':
          return sink.gap(effect.why)
        case 'report':
          return sink.report(effect.error)
        case 'open-live':
          return openLive()
        case 'close-live':
          return closeLive()
      }
    }

    const wake = (): void => {
      stopTimer()
      const atMs = stopped || !feed ? null : feedWakesAtMs(feed)
      if (atMs === null) return
      const inMs = Math.max(0, atMs - environment.nowMs())
      stopTimer = environment.schedule(inMs, () => take((now) => takeTime(now, moment())))
    }

    const liveSink: Sink = {
      ...sink,
      deliver: (event, payload) => {
        seen = further(seen, placeOf(payload))
        take((now) => takeBroadcast(now, moment()))
        sink.deliver(event, payload)
      },
      state: (fact) => take((now) => takeFact(now, fact, moment())),
    }

    const openLive = (): void => {
      closeLive()
      const opened = options.live?.(liveSink) ?? null
      // It may have spoken at once, and whoever heard it may have stopped the page.
      if (stopped) opened?.stop()
      else live = opened
    }

    const closeLive = (): void => stopLink(endLive, sink.report)

    const endLive = (): void => {
      const mine = live
      live = null
      mine?.stop()
    }

    const ask = async (query: Query): Promise<Reply> => {
      const isUrgent = query.maxAgeMs !== undefined
      if (!feed || stopped) return gone()
      const why = inFlight ? underWay() : whyNotNow(feed, isUrgent, environment.nowMs())
      if (!feed.isVisible && why) feed = { ...feed, isOwed: true }
      return why ?? request(query)
    }

    const request = async (query: Query): Promise<Reply> => {
      if (feed) feed = takeAsk(feed, moment())
      const abort = new AbortController()
      inFlight = abort
      wake()
      stopWaiting = environment.schedule(timeoutMs, () => abort.abort())
      const meaning = await options.check(query, abort.signal).catch(() => tooLate(timeoutMs))
      stopWaiting()
      inFlight = null
      return stopped ? gone() : settle(meaning)
    }

    const settle = (meaning: Meaning): Reply => {
      const news = unseen(meaning, seen, options.events)
      if (meaning.name === 'log') seen = further(seen, meaning.answer.cursor)
      take((now) => takeMeaning(now, news, moment()))
      if (meaning.name === 'log' || meaning.name === 'bare' || meaning.name === 'nothing') return meaning
      return (feed && whyNotNow(feed, false, environment.nowMs())) ?? gone()
    }

    const wakeUp = (): void => take((now) => takeWake(now, moment()))

    const stops = [
      audience.watchPage((signal) => {
        if (signal === 'woke') wakeUp()
        else take((now) => takeSignal(now, signal, moment()))
      }),
      // By the timers of this page, which are late when it is hidden, whoever looks at another.
      watchWake(environment, wakeUp),
    ]
    const begun = startFeed(
      {
        hasLive: options.live !== null,
        isVisible: audience.isVisible(),
        pollEveryMs: options.intervalMs ?? POLL_EVERY_MS,
        auditEveryMs: options.auditMs ?? AUDIT_EVERY_MS,
      },
      moment(),
    )
    feed = begun.feed
    take(() => begun)

    return {
      ask,
      stop: () => {
        stopped = true
        for (const stop of stops.splice(0)) stop()
        stopTimer()
        stopWaiting()
        inFlight?.abort()
        endLive()
      },
    }
  }

// What the socket should have brought, and did not: an answer to a tab that is behind gives again what it has.
const unseen = (meaning: Meaning, seen: Cursor | null, events: SupplyOptions['events']): Meaning => {
  if (meaning.name !== 'log') return meaning
  const { since, cursor, events: given } = meaning.answer
  const known = seen?.epoch === cursor.epoch ? seen.seq - (since?.seq ?? 0) : 0
  const missed = given.slice(Math.max(0, known)).filter(({ event }) => events?.has(event) ?? true)
  return { ...meaning, answer: { ...meaning.answer, events: missed } }
}

const further = (seen: Cursor | null, place: Cursor | null): Cursor | null => {
  if (!place) return seen
  return seen?.epoch === place.epoch && seen.seq > place.seq ? seen : place
}

const tooLate = (timeoutMs: number): Meaning => ({
  name: 'failed',
  status: 0,
  detail: `No answer within ${timeoutMs / 1_000} s.`,
})
