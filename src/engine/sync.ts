import { type Abort, createAbort, type Signal } from './abort'
import { FULL_ANSWER, type Meaning, type NoAnswer } from './answer'
import { createAlarm, isYoung } from './clock'
import { type Cursor, isBefore, placeOf } from './cursor'
import type { Environment, PageSignal } from './environment'
import { CartEchoError } from './errors'
import { hasOwn } from './shape'
import { type ConnectionFact, type PollingReason, refused } from './state'
import { type Failure, nextFailure } from './sync/failure'
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

/** One request of the check, which ends by itself. Never rejects; what it gives once it is aborted does not matter. */
export type AskCheck = (query: Query, signal: Signal) => Promise<Meaning>

/** What a sync is made of. */
export interface SyncOptions {
  readonly environment: Environment
  /** The live transport; null where there is no socket to be had: then the check alone feeds the page. */
  readonly live: Transport | null
  readonly check: AskCheck
  /** The events that the live transport brings; others in the log are no sign that it is silent. Default: all. */
  readonly events?: { has(name: string): boolean } | undefined
  /** How often to ask while nothing is live. Infinity: never. Default 30,000 ms; the server may say otherwise. */
  readonly intervalMs?: number | undefined
  /** How often to ask while something is, at random in the second half of it. Likewise; default 300,000 ms. */
  readonly auditMs?: number | undefined
}

/** Why the page is not fed live. */
interface Cause {
  readonly reason: PollingReason
  readonly error: CartEchoError | null
}

/** Nothing is listened to: nobody is logged in, or the shop has switched live updates off. */
interface Off {
  readonly sinceMs: number
  /** Set when somebody looks; used up by one ask. */
  mayAsk: boolean
}

/** An ask that is not made, and why. */
type NotNow = Reply & { name: 'unanswered' }

const NO_SOCKET: Cause = { reason: 'no-socket', error: null }
const LOST: Cause = { reason: 'socket-lost', error: null }
/** So many answers in a row prove that the socket brings nothing; one may be a loss. */
const SILENT_AFTER = 2
/** A page that was looked at so lately needs no other look. */
const LOOKED_AT_MS = 3_000
/** A click on the page's own window may follow a log-in in another within seconds. */
const FOCUSED_MS = 1_000
/** So long a loss of the socket costs no request; the same again at random, for a server loses all its pages at once. */
const GRACE_MS = 5_000
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
    const { environment, live, check, events } = options
    const { nowMs, random, isVisible } = environment
    const alarm = createAlarm(environment)
    /** What is to be done at the end of a step, in this order. */
    const effects: (() => void)[] = []
    let stopped = false
    let link: Link | null = null
    /** The request in flight. */
    let asking: Abort | null = null
    /** How far the socket has brought the log, or the check has given it. */
    let seen: Cursor | null = null
    /** Why the page is not fed live; null: it is. */
    let cause: Cause | null = NO_SOCKET
    /** Until then a loss may be a blip, and nothing is polled for it; null: there is none, or it is polled. */
    let pollFromMs: number | null = null
    /** Answers of the check that had what the socket had not brought; -1 before the first, which tells of what was before. */
    let missed = -1
    let off: Off | null = null
    let failure: Failure | null = null
    /**
     * The check said that the session is over. It may have been renewed meanwhile, by a log-in elsewhere, or somebody else
     * may have answered: it is believed when the check says so again.
     */
    let over: ReturnType<typeof refused> | null = null
    let { intervalMs: pollMs = 30_000, auditMs = 300_000 } = options
    /** Something was to be asked while nobody looked. */
    let isPending = false
    let askedAtMs = nowMs()
    /** From 0 to 1, drawn anew with each ask: spreads the next poll or audit. */
    let chance = random()

    const isPolling = (): boolean => cause !== null && pollFromMs === null && !off
    /** Subscribed, and brings nothing, as with `BROADCAST_CONNECTION=log` or a queue without a worker. */
    const isSilent = (): boolean => cause?.reason === 'no-broadcasts'
    const say = (fact: ConnectionFact): void => void effects.push(() => sink.state(fact))
    const resync = (): void => void effects.push(() => sink.resync())

    /** Changes the variables above first, then runs the effects: whoever hears of those may call anything. */
    const step = (change: () => void): void => {
      if (stopped) return
      change()
      // While polling, the state of the polls is the state of the page. Saying the same again changes nothing.
      if (cause && isPolling()) say(pollingFact(cause))
      for (const run of effects.splice(0)) if (!stopped) run()
      setAlarm()
    }

    const pollingFact = ({ reason, error }: Cause): ConnectionFact => {
      const nextTryAtMs = failure?.notBeforeMs ?? dueAtMs()
      // One answer that the session is over is not shown yet.
      if (!failure || failure.fact === over) return { name: 'polling', reason, error, nextTryAtMs }
      if (failure.fact.name === 'delayed') return { ...failure.fact, nextTryAtMs }
      // The check is given up; only the socket still tries.
      return reason === 'socket-lost' ? { name: 'socket-lost' } : failure.fact
    }

    // When a poll or an audit is due; null while neither is. After a failure the stream asks again by itself.
    const dueAtMs = (): number | null => {
      if (failure || off || pollFromMs !== null || !isVisible()) return null
      // Polls drift apart by up to a quarter of their interval; audits come in the second half of theirs.
      const inMs = cause ? pollMs * (1 + chance / 4) : auditMs * (0.5 + chance / 2)
      return inMs === Infinity ? null : askedAtMs + inMs
    }

    const setAlarm = (): void => {
      keepPlans()
      const atMs = pollFromMs ?? (asking ? null : dueAtMs())
      if (stopped || atMs === null) alarm.stop()
      else alarm.set(atMs - nowMs(), () => step(takeTime))
    }

    // By the timer, not by the clock, which may have been set meanwhile.
    const takeTime = (): void => {
      if (pollFromMs === null) noteAsk()
      pollFromMs = null
      resync()
    }

    /** The next poll or audit is counted from here. */
    const noteAsk = (atMs = nowMs()): void => {
      askedAtMs = atMs
      chance = random()
    }

    const graceEndsAtMs = (): number => nowMs() + GRACE_MS * (1 + random())

    const open = (transport: Transport): void => {
      cause = LOST
      pollFromMs = graceEndsAtMs()
      effects.push(() => {
        link = startLink(transport, liveSink)
        // It may have delivered at once, and a listener may have stopped the page.
        if (stopped) endLive()
      })
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
        step(hearBroadcast)
        sink.deliver(event, payload)
      },
      state: (fact) => step(() => takeFact(fact)),
    }

    const goLive = (missedBefore: number): void => {
      cause = null
      pollFromMs = null
      missed = missedBefore
    }

    const hearBroadcast = (): void => {
      if (off || (cause && !isSilent())) return
      if (cause) say({ name: 'subscribed' })
      goLive(0)
    }

    const takeFact = (fact: ConnectionFact): void => {
      if (off) return
      const next = causeOf(fact, cause === null)
      if (fact.name === 'subscribed') {
        // The server is there again: what could not answer is worth another ask.
        if (failure?.fact.reason === 'check-failed') failure = null
        // A silent one that subscribes again has still brought nothing.
        if (cause && !isSilent()) goLive(-1)
      } else if (fact.name === 'refused') {
        if (!isPolling()) resync()
        cause = next
        pollFromMs = null
      } else if (next && !isSilent()) {
        if (!cause) pollFromMs = graceEndsAtMs()
        cause = next
      }
      // While nothing is polled, the page's state is that of the live transport.
      if (!isPolling()) say(fact)
    }

    const ask = async (query: Query): Promise<Reply> => {
      if (stopped) return gone()
      keepPlans()
      const why = asking ? notNow(1_000) : whyNotNow(query.maxAgeMs !== undefined)
      if (why && !isVisible()) isPending = true
      if (why) return why
      asking = createAbort()
      if (off) off.mayAsk = false
      isPending = false
      noteAsk()
      setAlarm()
      const meaning = await check(query, asking.signal)
      asking = null
      if (stopped) return gone()
      step(() => takeMeaning(meaning))
      return hasOwn(meaning, 'status') ? (whyNotNow(false) ?? gone()) : meaning
    }

    /**
     * Why the check is not asked now; null when it may be. Somebody who waits for the answer comes before back-off,
     * visibility and the end of a session, which may be over no more; not before a server that asked to be left alone, nor
     * before the second answer of a session that may be over, which is waited for, too.
     */
    const whyNotNow = (isUrgent: boolean): NotNow | null => {
      const pauseMs = failure ? failure.notBeforeMs - nowMs() : 0
      if (failure && pauseMs > 0) {
        const { error, reason } = failure.fact
        if (pauseMs === Infinity) return notNow('never', error)
        if (failure.fact === over) return { ...notNow(pauseMs, error), isProvisional: true }
        if (reason === 'check-busy' || !isUrgent) return notNow(pauseMs, error)
      }
      if (isUrgent) return null
      if (off && !off.mayAsk) return notNow('when-told', over?.error)
      return isVisible() ? null : notNow('when-told')
    }

    const takeMeaning = (meaning: Meaning): void => {
      if (meaning.name === 'session-over') return takeSessionOver(meaning)
      if (hasOwn(meaning, 'status')) {
        const before = failure?.fact.error
        failure = nextFailure(failure, meaning, environment)
        const { error } = failure.fact
        // Reported even while the socket is live: gaps cannot be filled now.
        if (error !== before) effects.push(() => sink.report(error))
        return
      }
      failure = null
      over = null
      if (meaning.name === 'log') takeLog(meaning)
      if (meaning.name === 'log' && !meaning.policy.enabled) return suspend({ name: 'idle', reason: 'switched-off' })
      if (!off) return
      off = null
      say({ name: 'starting' })
      if (live) open(live)
    }

    const takeLog = ({ answer, policy }: Meaning & { name: 'log' }): void => {
      pollMs = eitherMs(policy.pollMs, pollMs)
      auditMs = eitherMs(policy.auditMs, auditMs)
      const { since, cursor } = answer
      // An answer to a tab that is behind repeats what was seen already.
      const known = seen?.epoch === cursor.epoch ? Math.max(0, seen.seq - (since?.seq ?? 0)) : 0
      const unseen = answer.events.slice(known).filter(({ event }) => events?.has(event) ?? true).length
      seen = further(seen, cursor)
      // A full answer is only the beginning of what was missed.
      if (cause || unseen >= FULL_ANSWER) return
      missed = Math.max(0, missed + Math.min(1, unseen))
      if (missed < SILENT_AFTER) return
      cause = { reason: 'no-broadcasts', error: new CartEchoError('no-broadcasts', NO_BROADCASTS) }
    }

    const takeSessionOver = (meaning: NoAnswer): void => {
      failure = null
      if (over) return suspend(over)
      const fact = refused('session-over', meaning)
      over = fact
      const inMs = SUSPECTED_FOR_MS + SUSPECTED_SPREAD_MS * random()
      failure = { fact, attempt: -1, times: 0, inMs, notBeforeMs: nowMs() + inMs }
      if (off) off.mayAsk = true
    }

    const suspend = (fact: ConnectionFact): void => {
      off = { sinceMs: nowMs(), mayAsk: false }
      pollFromMs = null
      effects.push(() => stopLink(endLive, sink.report))
      say(fact)
    }

    const hear = (signal: PageSignal): void => {
      if (signal === 'visible') {
        keepPlans()
        look()
      }
      if (signal === 'focused' && off) look(FOCUSED_MS)
      if (signal === 'navigated') look(LOOKED_AT_MS, true)
      // Without a status, it was our own network that failed.
      if (signal === 'online' && failure?.fact.error.status === 0) failure = null
      if (signal === 'woke') forgetPlans()
      if ((signal === 'online' || signal === 'woke') && !off) resync()
    }

    const look = (freshForMs = LOOKED_AT_MS, isOtherPage = false): void => {
      const isFresh = isYoung(askedAtMs, nowMs(), freshForMs)
      if (off) {
        off.mayAsk = over ? !isFresh : !isYoung(off.sinceMs, nowMs(), OFF_FOR_MS)
        return off.mayAsk ? resync() : undefined
      }
      const isStale = isOtherPage || isPolling() || !isYoung(askedAtMs, nowMs(), auditMs)
      if (isPending || (isStale && !isFresh)) resync()
    }

    // The clock may have been set back, of which a hidden page that asks for the other tabs is not told: nobody waits longer than was said.
    const keepPlans = (): void => {
      if (askedAtMs > nowMs()) noteAsk(nowMs() - LOOKED_AT_MS)
      if (pollFromMs !== null) pollFromMs = Math.min(pollFromMs, nowMs() + 2 * GRACE_MS)
      if (failure) failure = { ...failure, notBeforeMs: Math.min(failure.notBeforeMs, nowMs() + failure.inMs) }
    }

    // The clock jumped: what was planned by it is void, but what a server asked for.
    const forgetPlans = (): void => {
      // Long enough ago that a look at the page, which may follow, asks.
      noteAsk(nowMs() - LOOKED_AT_MS)
      if (pollFromMs !== null) pollFromMs = graceEndsAtMs()
      if (failure?.fact.name === 'delayed' && failure.fact.reason !== 'check-busy') failure = null
      keepPlans()
    }

    const stopWatching = environment.watchPage((signal) => {
      if (signal !== 'tick') step(() => hear(signal))
    })
    step(() => (live ? open(live) : resync()))

    return {
      ask,
      stop: () => {
        stopped = true
        stopWatching()
        alarm.stop()
        asking?.abort()
        endLive()
      },
    }
  }

const NO_BROADCASTS = 'No broadcast arrives: look at BROADCAST_CONNECTION, then at the queue worker.'
const NOT_NOW = 'It is being asked, nobody looks, or live updates are switched off.'

const notNow = (next: NotNow['next'], error = cannotAnswer(NOT_NOW).error): NotNow => ({
  name: 'unanswered',
  next,
  error,
})

const causeOf = (fact: ConnectionFact, isLive: boolean): Cause | null => {
  if (fact.name === 'refused' || fact.name === 'delayed') return { reason: fact.reason, error: fact.error }
  // A socket replaced because it fell silent opens again without a `socket-lost` before it.
  const isReopened = isLive && fact.name === 'socket-opening'
  return isReopened || fact.name === 'socket-lost' || fact.name === 'channel-left' ? LOST : null
}

/** The place that is further on. */
const further = (seen: Cursor | null, place: Cursor | null): Cursor | null =>
  place && !isBefore(place, seen) ? place : seen

/**
 * The server's interval where it gives one, 24 h at most; never, where the page itself says so. One below 1 s is taken for
 * seconds by mistake, and passed over: thousands of pages would obey it.
 */
const eitherMs = (given = 0, known: number): number =>
  known === Infinity || given < SHORTEST_INTERVAL_MS ? known : Math.min(LONGEST_INTERVAL_MS, given)
