import { createAlarm } from '../core/alarm'
import type { Meaning } from '../core/answer'
import type { Cursor } from '../core/cursor'
import type { Audience, Environment } from '../core/environment'
import { wordsOf } from '../core/errors'
import { placeOf } from '../core/place'
import { refused } from '../core/refusal'
import { hasOwn } from '../core/shape'
import { stopLink } from '../core/stop-link'
import type { Link, Query, Reply, Sink, Transport } from '../core/transport'
import { gone } from '../core/unanswered'
import { watchSignals } from '../core/watch-signals'
import { underWay, whyNotNow } from './supply/admission'
import {
  type Feed,
  type FeedEffect,
  type FeedSettings,
  type FeedStep,
  takeAsk,
  takeBroadcast,
  takeFact,
  takeMeaning,
  takeSignal,
  takeWake,
} from './supply/feed'
import { runFeed } from './supply/run-feed'
import { further, unseen } from './supply/seen'

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
export const supply =
  (options: SupplyOptions): Transport =>
  (sink) => {
    const { environment, audience = environment, check, events, timeoutMs = ANSWER_WITHIN_MS } = options
    const limit = createAlarm(environment)
    let stopped = false
    let live: Link | null = null
    let inFlight: AbortController | null = null
    let seen: Cursor | null = null

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
      const abort = new AbortController()
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

    const stopWatching = watchSignals(environment, audience, (signal) =>
      feed.take((now, moment) => (signal === 'woke' ? takeWake(now, moment) : takeSignal(now, signal, moment))),
    )
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

const settingsOf = ({ live, intervalMs, auditMs }: SupplyOptions, audience: Audience): FeedSettings => ({
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
