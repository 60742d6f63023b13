import { type AbortSignalLike, untilAborted } from './abort'
import { createAlarm, isYoung } from './clock'
import type { Cursor } from './cursor'
import { carryOut, forgetAsk, type Memory, noteConfirmed, remember } from './customer'
import type { Environment } from './environment'
import { CartEchoError, unfit } from './errors'
import type { Refreshing } from './refresh'
import { hasOwn, ownOnly } from './shape'
import { askThrew, type Connection, type ConnectionFact, echoThrew } from './state'
import { type Arrival, type Asked, type Effect, type Next, type StreamRules, wakesAtMs } from './stream/state'
import {
  gone,
  type Link,
  noCheck,
  type Reply,
  type Said,
  type Sink,
  stopLink,
  type TabNote,
  type Transport,
} from './transport'

/** An effect that concerns the page. */
export type PageEffect = Exclude<Effect, { name: 'ask' | 'unsettled' }>

/** What a session is made of. */
interface SessionParts {
  readonly environment: Environment
  readonly rules: Omit<StreamRules, 'canAsk'>
  readonly transport: Transport
  readonly memory: Memory
  /** Carries out what concerns the page. */
  readonly handle: (effect: PageEffect) => void
  readonly state: (fact: ConnectionFact) => void
  /** Hears the shopper's other tabs. */
  readonly note: (note: TabNote) => void
}

/** One shopper's listening, from start to stop. */
export type Session = ReturnType<typeof openSession>

/** Whoever waits for the answer to an ask that begins after they came, and for all it brought to be delivered. */
interface Waiter {
  /** How many asks there were before. */
  readonly after: number
  disappointments: number
  readonly end: (error: CartEchoError | null) => void
}

const MOST_DISAPPOINTMENTS = 3

/** Runs the stream against a link and a clock. Never throws: a transport that does is refused with `echo-failed`. */
export const openSession = ({ environment, rules, transport, memory, handle, state, note }: SessionParts) => {
  const alarm = createAlarm(environment)
  const early: (() => void)[] = []
  const waiters = new Set<Waiter>()
  let isOpen = true
  let link: Link | null = null
  let rulesNow: StreamRules = { ...rules, canAsk: false }
  let asks = 0

  const whenOpen = (run: () => void): void => {
    if (isOpen) run()
  }

  const report = (error: CartEchoError): void => handle({ name: 'report', error })

  const arrive = (arrival: Arrival): void => {
    if (!isOpen) return
    const moment = { nowMs: environment.nowMs(), random: environment.random() }
    remember(memory, arrival, rulesNow, moment)
    carryOut(memory, () => isOpen, perform)
    wake()
  }

  const perform = (effect: Effect): void => {
    if (effect.name === 'ask') return ask(effect.since)
    if (effect.name === 'unsettled') return disappoint(effect.error)
    handle(effect)
    if (effect.name !== 'confirmed' || !isOpen) return
    noteConfirmed(memory, effect, environment.nowMs())
    if (effect.ask !== undefined) release(effect.ask, null)
  }

  const wake = (): void => {
    const nowMs = environment.nowMs()
    const atMs = memory.pending.length > 0 ? nowMs : wakesAtMs(memory.stream)
    if (!isOpen || atMs === null) alarm.stop()
    else alarm.set(Math.max(0, atMs - nowMs), () => arrive({ name: 'time' }))
  }

  const ask = (since: Cursor | null): void => {
    asks += 1
    const mine = asks
    const askedAtMs = environment.nowMs()
    const { owner, hasLog } = memory.stream
    const query = { since, owner, ...(hasLog ? { hasLog } : {}), ...(waiters.size > 0 ? { maxAgeMs: 0 } : {}) }
    // An ask() that throws at once is the same as one that rejects.
    const asking = (async () => link?.ask?.(query))()
    asking.then(
      (reply) => reply && takeReply(reply, mine, askedAtMs),
      (cause) => takeFailure(cause, mine),
    )
  }

  const takeReply = (reply: Reply, ask: number, askedAtMs: number): void => {
    if (reply.name !== 'unanswered') return arrive(arrivalOf(reply, { ask, asOfMs: reply.asOfMs ?? askedAtMs }))
    if (reply.isProvisional) return arrive({ name: 'unanswered', next: reply.next })
    takeNoAnswer(ask, reply.error, reply.next)
    // Those who came while that ask was under way still need one.
    if (waiters.size > 0) arrive({ name: 'resync' })
  }

  const takeFailure = (cause: unknown, ask: number): void => {
    const error = askThrew(cause)
    whenOpen(() => report(error))
    takeNoAnswer(ask, error)
  }

  const takeNoAnswer = (ask: number, error: CartEchoError, next?: Next): void => {
    release(ask, error)
    arrive({ name: 'unanswered', next })
  }

  // A replica may lag for a moment: the third answer that settles nothing is a failure.
  const disappoint = (error: CartEchoError): void => {
    for (const waiter of waiters) {
      waiter.disappointments += 1
      if (waiter.disappointments >= MOST_DISAPPOINTMENTS) waiter.end(error)
    }
  }

  /** Ends the waiting of all who came before that ask: well, or with an error. */
  const release = (ask: number, error: CartEchoError | null): void => {
    for (const waiter of waiters) if (waiter.after < ask) waiter.end(error)
  }

  // A transport may speak before it has returned; it is heard once its link is there to be asked.
  const enter = (run: () => void): void => {
    if (link) whenOpen(run)
    else early.push(run)
  }

  const sink: Sink = {
    deliver: (event, payload) => enter(() => arrive({ name: 'broadcast', event, payload })),
    answer: (said, asOfMs) => enter(() => arrive(arrivalOf(said, { asOfMs }))),
    resync: (withinMs = 0, onlyOwned = false) =>
      enter(() => {
        if (onlyOwned && memory.stream.owner === null) return
        arrive({ name: 'resync', inMs: withinMs * environment.random() })
      }),
    state: (fact) => enter(() => state(fact)),
    report: (error) => enter(() => report(error)),
    note: (said) => enter(() => note(said)),
  }

  const startLink = (): Link => {
    try {
      return transport(sink)
    } catch (cause) {
      sink.state(echoThrew(cause))
      return { stop: () => undefined }
    }
  }

  const endLink = (): void => {
    if (link) stopLink(link.stop, report)
  }

  return {
    /** Starts the transport. Apart from opening, so that whoever hears of it at once already holds the session to stop. */
    begin: (): void => {
      if (!isOpen) return
      forgetAsk(memory)
      link = startLink()
      rulesNow = { ...rules, canAsk: link.ask !== undefined }
      if (!isOpen) return endLink()
      arrive({ name: 'unanswered' })
      for (const run of early.splice(0)) whenOpen(run)
    },
    /** The page was rendered anew, at this cursor. */
    rendered: (cursor: Cursor): void => arrive({ name: 'rendered', cursor }),
    /**
     * Asks the check now, and resolves when everything it knows has been delivered. Rejects with the error of an ask that
     * failed, of an answer that settles nothing, or with `cannot-check` when the session ends or has nothing to ask.
     */
    confirm: (): Promise<void> => {
      if (!isOpen || !link?.ask) return Promise.reject(noCheck().error)
      const confirmation = new Promise<void>((resolve, reject) => {
        const end: Waiter['end'] = (error) => {
          waiters.delete(waiter)
          if (error) reject(error)
          else resolve()
        }
        const waiter = { after: asks, disappointments: 0, end }
        waiters.add(waiter)
      })
      arrive({ name: 'resync' })
      return confirmation
    },
    /** Tells the shopper's other tabs, where the transport knows of any. Never throws. */
    tell: (note: TabNote): void => whenOpen(() => link?.tell?.(note)),
    /** Ends it. Whatever the link says afterwards is not heard; who waits for a confirmation hears why. */
    stop: (why: CartEchoError = gone().error): void => {
      if (!isOpen) return
      isOpen = false
      alarm.stop()
      endLink()
      release(Number.POSITIVE_INFINITY, why)
    },
  }
}

// A reply of the check, as an arrival for the stream.
const arrivalOf = (said: Said, asked: Asked): Arrival =>
  said.name === 'log' ? { name: 'answer', answer: said.answer, ...asked } : { ...said, ...asked }

/** The options of `check()`. */
export interface CheckOptions {
  /** How old the last confirmation may be, in milliseconds. Default 0: ask now. */
  maxAgeMs?: number | undefined
  /**
   * False: neither runs a refresh that is wanted nor waits for one. So it may be awaited inside `onRefresh`, to make sure
   * that the server answers. Default true.
   */
  refresh?: boolean | undefined
  /** Aborts the wait; the promise then rejects with the signal's reason, as `fetch` does. */
  signal?: AbortSignalLike | undefined
}

/** What a check found. */
export interface CheckResult {
  /** How many changes were delivered to listeners meanwhile. */
  readonly found: number
  /** When the page was last known to be up to date, as `Date.now()`. */
  readonly confirmedAtMs: number
  /**
   * The owner whom the server named, who is the page's owner. Null when it named none: then the check has answered
   * for whoever is logged in now, who may be another than the page was rendered for.
   */
  readonly owner: string | null
}

/** What a check works on. */
interface CheckingParts {
  readonly nowMs: () => number
  readonly memory: () => Memory
  readonly session: () => Session | null
  readonly connection: () => Connection
  readonly refreshers: Pick<Refreshing, 'flush'>
}

/** Makes sure that the page is right: asks, lets listeners hear, runs the refresh that is wanted. */
export const createChecking =
  ({ nowMs, memory, session, connection, refreshers }: CheckingParts) =>
  async (options: CheckOptions = {}): Promise<CheckResult> => {
    const { maxAgeMs = 0, refresh = true, signal } = ownOnly(options)
    if (signal?.aborted) throw signal.reason
    // Any age will do; only timers have a longest wait.
    if (typeof maxAgeMs !== 'number' || !(maxAgeMs >= 0))
      throw unfit('invalid-options', 'check().maxAgeMs', 'milliseconds, 0 or more', maxAgeMs)
    const mine = memory()
    const deliveredBefore = mine.delivered
    if (!isConfirmed(mine, nowMs(), maxAgeMs)) {
      const open = session()
      if (!open) throw notListening(connection())
      await untilAborted(open.confirm(), signal)
    }
    if (refresh) await untilAborted(refreshers.flush(), signal)
    if (mine.confirmedAtMs === null || memory() !== mine) throw notListening(connection())
    return { found: mine.delivered - deliveredBefore, confirmedAtMs: mine.confirmedAtMs, owner: mine.confirmedOwner }
  }

const isConfirmed = ({ confirmedAtMs, stream }: Memory, nowMs: number, maxAgeMs: number): boolean =>
  confirmedAtMs !== null &&
  isYoung(confirmedAtMs, nowMs, maxAgeMs) &&
  stream.asking.name === 'nothing' &&
  stream.buffered.length === 0

const notListening = (connection: Connection): CartEchoError =>
  new CartEchoError('cannot-check', `The page is ${connection.name}: ${connection.reason}.`, {
    cause: hasOwn(connection, 'error') ? connection.error : undefined,
  })
