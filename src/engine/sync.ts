import { createAbort, type Signal, withinTime } from './abort'
import { FULL_ANSWER, type Meaning } from './answer'
import { createAlarm, isYoung, type Moment } from './clock'
import { type Cursor, placeOf } from './cursor'
import type { Audience, Environment, PageSignal } from './environment'
import type { CartEchoError } from './errors'
import { hasOwn } from './shape'
import { type ConnectionFact, refused } from './state'
import {
  afterAnswer,
  afterBroadcast,
  afterFact,
  afterJump,
  type Failure,
  isPolling,
  type Live,
  nextFailure,
  noLive,
  opening,
  type Polled,
  wireOf,
} from './sync/feeds'
import {
  cannotAnswer,
  gone,
  type Link,
  type Query,
  type Reply,
  type Sink,
  startLink,
  stopLink,
  type Transport,
} from './transport'

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
  /** The events that the live transport brings; others in the log are no sign that it is silent. Default: all. */
  readonly events?: { has(name: string): boolean } | undefined
  /** How often to ask while nothing is live. Infinity: never. Default 30,000 ms; the server may say otherwise. */
  readonly intervalMs?: number | undefined
  /** How often to ask while something is, at random in the second half of it. Likewise; default 300,000 ms. */
  readonly auditMs?: number | undefined
  /** How long an answer may take. Default 10,000 ms. */
  readonly timeoutMs?: number | undefined
}

/** Nothing is listened to: nobody is logged in (`error` says so), or the shop has switched live updates off (null). */
interface Suspension {
  readonly error: CartEchoError | null
  readonly sinceMs: number
  /** Set when somebody looks; used up by one ask. */
  readonly mayAsk: boolean
}

/**
 * One answer said that the session is over. It may have been renewed meanwhile, by a log-in elsewhere, or somebody else
 * may have answered: it is believed when the check says so again, not before `askFromMs` of the clock.
 */
interface Suspicion {
  readonly error: CartEchoError
  readonly askFromMs: number
}

/** An ask that is not made, and why. */
type NotNow = Reply & { name: 'unanswered' }

/** A page that was looked at so lately needs no other look. */
const LOOKED_AT_MS = 3_000
/** A click on the page's own window may follow a log-in in another within seconds. */
const FOCUSED_MS = 1_000
const SUSPECTED_FOR_MS = 2_000
const SUSPECTED_SPREAD_MS = 3_000
/** How seldom a shop that has switched live updates off is asked whether they are on again. */
const OFF_FOR_MS = 900_000
const SHORTEST_INTERVAL_MS = 1_000
const LONGEST_INTERVAL_MS = 86_400_000

/**
 * Feeds a page from what is live and what the check says, on one cursor. Reports where something may be missing, polls
 * while nothing is live (after 5 to 10 s, so that a blip costs nothing), audits while something is, has one request in
 * flight, and asks nothing while nobody looks. When the session is over, or live updates are switched off, it stops
 * listening too. Never throws.
 */
export const sync =
  (options: SyncOptions): Transport =>
  (sink) => {
    const { environment, audience = environment, check, url, events, timeoutMs = 10_000 } = options
    const alarm = createAlarm(environment)
    /** What is to be done at the end of a step, in this order. */
    const effects: (() => void)[] = []
    const ended = createAbort()
    let stopped = false
    let link: Link | null = null
    let isAsking = false
    /** How far the socket has brought the log, or the check has given it. */
    let seen: Cursor | null = null
    let live: Live = noLive
    let failure: Failure | null = null
    let suspicion: Suspicion | null = null
    let suspension: Suspension | null = null
    let pollMs = intervalMs(undefined, options.intervalMs ?? 30_000)
    let auditMs = intervalMs(undefined, options.auditMs ?? 300_000)
    let isVisible = audience.isVisible()
    /** Something was to be asked while nobody looked. */
    let isPending = false
    let askedAtMs = environment.nowMs()
    /** From 0 to 1, drawn anew with each ask: spreads the next poll or audit. */
    let chance = environment.random()

    const nowMs = (): number => environment.nowMs()
    const moment = (): Moment => ({ nowMs: nowMs(), random: environment.random() })
    const say = (fact: ConnectionFact): void => void effects.push(() => sink.state(fact))
    const resync = (): void => void effects.push(() => sink.resync())

    /** Changes the variables above first, then runs the effects: whoever hears of those may call anything. */
    const step = (change: () => void): void => {
      if (stopped) return
      change()
      // While polling, the state of the polls is the state of the page. Saying the same again changes nothing.
      if (!suspension && isPolling(live)) say(pollingFact(live, failure, suspicion?.askFromMs ?? dueAtMs()))
      for (const run of effects.splice(0)) if (!stopped) run()
      setAlarm()
    }

    // When a poll or an audit is due; null while neither is. After a failure the stream asks again by itself.
    const dueAtMs = (): number | null => {
      if (suspension || failure || !isVisible || live.name === 'opening') return null
      // Polls drift apart by up to a quarter of their interval; audits come in the second half of theirs.
      const inMs = isPolling(live) ? pollMs * (1 + chance / 4) : auditMs * (0.5 + chance / 2)
      return inMs === Infinity ? null : askedAtMs + inMs
    }

    const wakesAtMs = (): number | null => {
      if (stopped || suspension) return null
      if (live.name === 'opening') return live.pollFromMs
      return isAsking ? null : dueAtMs()
    }

    const setAlarm = (): void => {
      const atMs = wakesAtMs()
      if (atMs === null) alarm.stop()
      else alarm.set(Math.max(0, atMs - nowMs()), () => step(takeTime))
    }

    // By the timer, not by the clock, which may have been set meanwhile.
    const takeTime = (): void => {
      if (live.name === 'opening') return become({ name: 'down', reason: live.reason, error: live.error })
      noteAsk(nowMs())
      resync()
    }

    /** The next poll or audit is counted from here. */
    const noteAsk = (atMs: number): void => {
      askedAtMs = atMs
      chance = environment.random()
    }

    const become = (next: Live): void => {
      // The polls begin.
      if (next.name === 'down' && live.name !== 'down') resync()
      live = next
    }

    const openLive = (): void => {
      // The page's own Echo may throw, which must not keep the check from feeding the page.
      if (options.live) link = startLink(options.live, liveSink)
      // It may have delivered at once, and a listener may have stopped the page.
      if (stopped) endLive()
    }

    const endLive = (): void => {
      const mine = link
      link = null
      mine?.stop()
    }

    const liveSink: Sink = {
      ...sink,
      deliver: (event, payload) => {
        seen = further(seen, placeOf(payload))
        step(() => {
          if (live.name === 'silent') say({ name: 'subscribed' })
          live = afterBroadcast(live)
        })
        sink.deliver(event, payload)
      },
      state: (fact) => step(() => takeFact(fact)),
    }

    const takeFact = (fact: ConnectionFact): void => {
      if (suspension) return
      // The server is there again: what could not answer is worth another ask.
      if (fact.name === 'subscribed' && failure?.reason === 'check-failed') failure = null
      become(afterFact(live, fact, moment()))
      // While nothing is polled, the page's state is that of the live transport.
      if (!isPolling(live)) say(fact)
    }

    const ask = async (query: Query): Promise<Reply> => {
      if (stopped) return gone()
      const why = isAsking ? { ...cannotAnswer(UNDER_WAY), next: 1_000 } : whyNotNow(query.maxAgeMs !== undefined)
      if (why && !isVisible) isPending = true
      if (why) return why
      isAsking = true
      if (suspension) suspension = { ...suspension, mayAsk: false }
      isPending = false
      noteAsk(nowMs())
      setAlarm()
      const asking = withinTime(environment, timeoutMs, ended.signal, (signal) => check(query, signal))
      const meaning = await asking.catch(() => failed(`No answer within ${timeoutMs / 1_000} s.`))
      isAsking = false
      if (stopped) return gone()
      step(() => takeMeaning(meaning))
      return hasOwn(meaning, 'status') ? (whyNotNow(false) ?? gone()) : meaning
    }

    /**
     * Why the check is not asked now; null when it may be. Somebody who waits for the answer comes before back-off,
     * visibility and the end of a session, which may be over no more; not before a server that asked to be left alone.
     */
    const whyNotNow = (isUrgent: boolean): NotNow | null => {
      if (failure?.isFatal) return notNow('never', failure.error)
      const pauseMs = failure ? failure.notBeforeMs - nowMs() : 0
      const isHeldUp = pauseMs > 0 && (failure?.reason === 'check-busy' || !isUrgent)
      if (failure && isHeldUp) return notNow(pauseMs, failure.error)
      // `cart.check()` waits for the second answer, too.
      const inMs = suspectedForMs()
      if (suspicion && inMs > 0) return { ...notNow(inMs, suspicion.error), isProvisional: true }
      if (isUrgent || (suspicion && isVisible)) return null
      if (suspension && !suspension.mayAsk) {
        return suspension.error ? notNow('when-told', suspension.error) : cannotAnswer(SWITCHED_OFF)
      }
      return isVisible ? null : cannotAnswer(HIDDEN)
    }

    // How long until the second ask. Longer than it can be means that the clock was put back: then it is asked now.
    const suspectedForMs = (): number => {
      const inMs = suspicion ? suspicion.askFromMs - nowMs() : 0
      return inMs > 0 && inMs <= SUSPECTED_FOR_MS + SUSPECTED_SPREAD_MS ? inMs : 0
    }

    const takeMeaning = (meaning: Meaning): void => {
      if (meaning.name === 'session-over') return takeSessionOver(meaning.status)
      if (hasOwn(meaning, 'status')) return fail(nextFailure(failure, meaning, url, moment()))
      failure = null
      suspicion = null
      if (meaning.name === 'log') takeLog(meaning)
      if (meaning.name !== 'log' || meaning.policy.enabled) resume()
      else suspend(null, { name: 'idle', reason: 'switched-off' })
    }

    const fail = (next: Failure): void => {
      // Reported even while the socket is live: gaps cannot be filled now.
      if (next.error !== failure?.error) effects.push(() => sink.report(next.error))
      failure = next
    }

    const takeLog = ({ answer, policy }: Meaning & { name: 'log' }): void => {
      pollMs = intervalMs(policy.pollMs, pollMs)
      auditMs = intervalMs(policy.auditMs, auditMs)
      const { since, cursor } = answer
      // An answer to a tab that is behind repeats what was seen already.
      const known = seen?.epoch === cursor.epoch ? Math.max(0, seen.seq - (since?.seq ?? 0)) : 0
      const unseen = answer.events.slice(known).filter(({ event }) => events?.has(event) ?? true).length
      seen = further(seen, cursor)
      // A full answer is only the beginning of what was missed.
      if (unseen < FULL_ANSWER) live = afterAnswer(live, unseen)
    }

    const takeSessionOver = (status: number): void => {
      const fact = refused('session-over', { status, detail: `(${wireOf(url, status)})` })
      failure = null
      const known = suspension?.error ?? null
      // An answer before the second ask is due proves nothing more.
      if (!known && suspectedForMs() > 0) return
      const error = known ?? suspicion?.error
      if (error) return suspend(error, { ...fact, error })
      const inMs = SUSPECTED_FOR_MS + SUSPECTED_SPREAD_MS * environment.random()
      suspicion = { error: fact.error, askFromMs: nowMs() + inMs }
    }

    const suspend = (error: CartEchoError | null, fact: ConnectionFact): void => {
      suspicion = null
      suspension = { error, sinceMs: nowMs(), mayAsk: false }
      effects.push(() => stopLink(endLive, sink.report))
      say(fact)
    }

    const resume = (): void => {
      if (!suspension) return
      suspension = null
      say({ name: 'starting' })
      if (options.live) begin()
    }

    const begin = (): void => {
      live = opening(moment())
      effects.push(openLive)
    }

    const hear = (signal: PageSignal): void => {
      if (signal === 'hidden') isVisible = false
      if (signal === 'visible') {
        isVisible = true
        failure = afterJump(failure, nowMs())
        look()
      }
      if (signal === 'focused' && suspension) look(FOCUSED_MS)
      if (signal === 'navigated') look(LOOKED_AT_MS, true)
      // Without a status, it was our own network that failed.
      if (signal === 'online' && failure?.status === 0) failure = null
      if (signal === 'woke') forgetPlans()
      if ((signal === 'online' || signal === 'woke') && !suspension) resync()
    }

    const look = (freshForMs = LOOKED_AT_MS, isOtherPage = false): void => {
      const isFresh = isYoung(askedAtMs, nowMs(), freshForMs)
      if (suspension) {
        const { error, sinceMs } = suspension
        const mayAsk = error ? !isFresh : !isYoung(sinceMs, nowMs(), OFF_FOR_MS)
        suspension = { error, sinceMs, mayAsk }
        return mayAsk ? resync() : undefined
      }
      const isStale = isOtherPage || isPolling(live) || !isYoung(askedAtMs, nowMs(), auditMs)
      if (isPending || (isStale && !isFresh)) resync()
    }

    // The clock jumped: what was planned by it is void.
    const forgetPlans = (): void => {
      // Long enough ago that a look at the page, which may follow, asks.
      noteAsk(nowMs() - LOOKED_AT_MS)
      if (live.name === 'opening') live = opening(moment(), live)
      const isKept = failure?.isFatal || failure?.reason === 'check-busy'
      failure = isKept ? afterJump(failure, nowMs()) : null
    }

    const stopWatching = audience.watchPage((signal) => {
      if (signal !== 'tick') step(() => hear(signal))
    })
    step(options.live ? begin : resync)

    return {
      ask,
      stop: () => {
        stopped = true
        stopWatching()
        alarm.stop()
        ended.abort()
        endLive()
      },
    }
  }

const UNDER_WAY = 'It is being asked already.'
const HIDDEN = 'Nobody looks at the page.'
const SWITCHED_OFF = 'The check says enabled: false.'

const notNow = (next: NotNow['next'], error: CartEchoError): NotNow => ({ name: 'unanswered', next, error })

const failed = (detail: string): Meaning => ({ name: 'failed', status: 0, detail })

const pollingFact = (live: Polled, failure: Failure | null, dueAtMs: number | null): ConnectionFact => {
  if (!failure) return { name: 'polling', reason: live.reason, error: live.error, nextTryAtMs: dueAtMs }
  const { reason, error, notBeforeMs, isFatal } = failure
  if (!isFatal) return { name: 'delayed', reason, error, nextTryAtMs: notBeforeMs }
  // The check is given up; only the socket still tries.
  return live.reason === 'socket-lost' ? { name: 'socket-lost' } : { name: 'refused', reason: 'misconfigured', error }
}

/** The place that is further on. */
const further = (seen: Cursor | null, place: Cursor | null): Cursor | null =>
  !place || (seen?.epoch === place.epoch && seen.seq > place.seq) ? seen : place

/**
 * The server's interval where it gives one, from 1 s to 24 h; never, where the page itself says so. One below 1 s is
 * taken for seconds by mistake, and passed over: thousands of pages would obey it.
 */
const intervalMs = (given: number | undefined, known: number): number => {
  if (known === Infinity) return known
  const ms = given === undefined || given < SHORTEST_INTERVAL_MS ? known : given
  return Math.min(LONGEST_INTERVAL_MS, Math.max(SHORTEST_INTERVAL_MS, ms))
}
