import { type AbortSignalLike, untilAborted } from './abort'
import { createAlarm } from './clock'
import type { Cursor } from './cursor'
import { carryOut, forgetAsk, type Memory, noteConfirmed, remember } from './customer'
import type { Environment } from './environment'
import { CartEchoError } from './errors'
import type { Refreshers } from './refreshes'
import { hasOwn, ownOnly } from './shape'
import type { Connection, ConnectionFact } from './state'
import { type Arrival, type Asked, type Confirmed, type Effect, type StreamRules, wakesAtMs } from './stream/state'
import {
  cannotAnswer,
  gone,
  type Link,
  type Query,
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
export interface Session {
  /** Starts the transport. Apart from opening, so that whoever is told at once already holds the session to stop. */
  readonly begin: () => void
  /** The page was rendered anew, at this cursor. */
  readonly rendered: (cursor: Cursor) => void
  /**
   * Asks the check now, and resolves when everything it knows has been told. Rejects with the error of an ask that failed,
   * of an answer that settles nothing, or with `cannot-check` when the session ends or has nothing to ask.
   */
  readonly confirm: () => Promise<void>
  /** Tells the shopper's other tabs, where the transport knows of any. Never throws. */
  readonly tell: (note: TabNote) => void
  /** Ends it. Whatever the link says afterwards is not heard; who waits for a confirmation is told why. */
  readonly stop: (why?: CartEchoError) => void
}

/** Runs the pure stream against a link and a clock. Never throws: a transport that does is refused with `echo-failed`. */
export const openSession = ({ environment, rules, transport, memory, handle, state, note }: SessionParts): Session => {
  let isOpen = true
  let link: Link | null = null
  const alarm = createAlarm(environment)
  const early: (() => void)[] = []

  const whenOpen = (run: () => void): void => {
    if (isOpen) run()
  }

  const report = (error: CartEchoError): void => handle({ name: 'report', error })

  const arrive = (arrival: Arrival): void => {
    if (!isOpen) return
    const moment = { nowMs: environment.nowMs(), random: environment.random() }
    remember(memory, arrival, { ...rules, canAsk: link?.ask !== undefined }, moment)
    carryOut(memory, () => isOpen, perform)
    wake()
  }

  const asker = createAsker({
    nowMs: environment.nowMs,
    memory,
    link: () => link,
    arrive,
    report: (error) => whenOpen(() => report(error)),
  })

  const perform = (effect: Effect): void => {
    if (effect.name === 'ask') return asker.ask(effect.since)
    if (effect.name === 'unsettled') return asker.unsettled(effect.error)
    handle(effect)
    if (effect.name === 'confirmed') whenOpen(() => confirm(effect))
  }

  const confirm = (confirmed: Confirmed): void => {
    noteConfirmed(memory, confirmed, environment.nowMs())
    if (confirmed.ask !== undefined) asker.confirmed(confirmed.ask)
  }

  const wake = (): void => {
    alarm.stop()
    const nowMs = environment.nowMs()
    const atMs = memory.pending.length > 0 ? nowMs : wakesAtMs(memory.stream)
    if (!isOpen || atMs === null) return
    alarm.set(Math.max(0, atMs - nowMs), () => arrive({ name: 'time' }))
  }

  // A transport may speak before it has returned; it is heard once its link is there to be asked.
  const enter = (run: () => void): void => {
    if (link) whenOpen(run)
    else early.push(run)
  }

  const sink: Sink = {
    deliver: (event, payload) => enter(() => arrive({ name: 'broadcast', event, payload })),
    answer: (said, asOfMs) => enter(() => arrive(arrivalOf(said, { asOfMs }))),
    resync: (why, withinMs = 0) =>
      enter(() => {
        // A check that names no owner would answer for whoever has logged in.
        if (why === 'log-in' && memory.stream.owner === null) return
        arrive({ name: 'resync', inMs: withinMs * environment.random() })
      }),
    state: (fact) => enter(() => state(fact)),
    report: (error) => enter(() => report(error)),
    note: (said) => enter(() => note(said)),
  }

  const endLink = (): void => {
    if (link) stopLink(link.stop, report)
  }

  return {
    begin: () => {
      if (!isOpen) return
      forgetAsk(memory)
      link = startLink(transport, sink)
      if (!isOpen) return endLink()
      arrive({ name: 'unanswered' })
      for (const run of early.splice(0)) whenOpen(run)
    },
    rendered: (cursor) => arrive({ name: 'rendered', cursor }),
    confirm: () => (isOpen ? asker.confirm() : Promise.reject(nothingToAsk())),
    tell: (note) => whenOpen(() => link?.tell?.(note)),
    stop: (why) => {
      if (!isOpen) return
      isOpen = false
      alarm.stop()
      endLink()
      asker.end(why ?? gone().error)
    },
  }
}

const startLink = (transport: Transport, sink: Sink): Link => {
  try {
    return transport(sink)
  } catch (cause) {
    const error = new CartEchoError('echo-failed', 'The transport threw when it was started.', { cause })
    sink.state({ name: 'refused', reason: 'echo-failed', error })
    return { stop: () => undefined }
  }
}

/** Asks the check, for the stream and for whoever waits to be sure. */
interface Asker {
  /** Asks for everything after `since`; what comes of it arrives. */
  readonly ask: (since: Cursor | null) => void
  /**
   * Asks anew, and resolves when everything the check knows has been told. Rejects with the error of an ask that failed, or of an answer
   * that settles nothing; with `cannot-check` when there is nothing to ask.
   */
  readonly confirm: () => Promise<void>
  /** Everything that this ask brought has been told. */
  readonly confirmed: (ask: number) => void
  /** What was answered settles nothing. */
  readonly unsettled: (error: CartEchoError) => void
  /** Nobody will answer any more. */
  readonly end: (error: CartEchoError) => void
}

/** What an asker is made of. */
interface AskerParts {
  readonly nowMs: () => number
  readonly memory: Memory
  /** Null until there is one. */
  readonly link: () => Link | null
  readonly arrive: (arrival: Arrival) => void
  readonly report: (error: CartEchoError) => void
}

/** Nothing asked yet. */
const createAsker = ({ nowMs, memory, link, arrive, report }: AskerParts): Asker => {
  const waiters = createWaiters()
  let asks = 0

  const takeReply = (reply: Reply, ask: number, askedAtMs: number): void => {
    if (reply.name !== 'unanswered') return arrive(arrivalOf(reply, { ask, asOfMs: reply.asOfMs ?? askedAtMs }))
    if (!reply.isProvisional) waiters.fail(ask, reply.error)
    arrive({ name: 'unanswered', next: reply.next })
    if (reply.isProvisional) return
    // Who came while that ask was under way has not been asked for yet.
    if (!waiters.isEmpty()) arrive({ name: 'resync' })
  }

  const takeFailure = (cause: unknown, ask: number): void => {
    const error = new CartEchoError('check-failed', 'The check did not answer. It is asked again.', { cause })
    report(error)
    waiters.fail(ask, error)
    arrive({ name: 'unanswered' })
  }

  return {
    ask: (since) => {
      asks += 1
      const mine = asks
      const askedAtMs = nowMs()
      const { owner, hasLog } = memory.stream
      const query = { since, owner, ...(hasLog ? { hasLog } : {}), ...(waiters.isEmpty() ? {} : { maxAgeMs: 0 }) }
      askLink(link(), query)?.then(
        (reply) => takeReply(reply, mine, askedAtMs),
        (cause) => takeFailure(cause, mine),
      )
    },
    confirm: () => {
      if (!link()?.ask) return Promise.reject(nothingToAsk())
      const confirmation = waiters.add(asks)
      arrive({ name: 'resync' })
      return confirmation
    },
    confirmed: waiters.satisfy,
    unsettled: waiters.disappoint,
    end: waiters.end,
  }
}

/** What the check said, as it arrives at the stream. */
const arrivalOf = (said: Said, asked: Asked): Arrival =>
  said.name === 'log' ? { name: 'answer', answer: said.answer, ...asked } : { ...said, ...asked }

/** The error of a confirmation where there is no check. */
const nothingToAsk = (): CartEchoError =>
  cannotAnswer('There is no check to ask: give createCartEcho the address of one.').error

// An ask() that throws at once is the same as one that rejects.
const askLink = (link: Link | null, query: Query): Promise<Reply> | undefined =>
  link?.ask && (async () => link.ask?.(query) as Promise<Reply>)()

/** Whoever waits for the check to have answered an ask that began after they came. */
interface Waiters {
  readonly isEmpty: () => boolean
  /** Waits for an ask after number `asks`. */
  readonly add: (asks: number) => Promise<void>
  /** That ask was answered, and everything it brought was told. */
  readonly satisfy: (ask: number) => void
  /** That ask was not answered. */
  readonly fail: (ask: number, error: CartEchoError) => void
  /** An answer settled nothing. A replica may lag for a moment: the third time it is a failure. */
  readonly disappoint: (error: CartEchoError) => void
  /** Nobody will answer any more. */
  readonly end: (error: CartEchoError) => void
}

const MOST_DISAPPOINTMENTS = 3

interface Waiter {
  readonly after: number
  disappointments: number
  readonly resolve: () => void
  readonly reject: (error: CartEchoError) => void
}

/** No waiters yet. */
export const createWaiters = (): Waiters => {
  const all = new Set<Waiter>()
  const take = (isDone: (waiter: Waiter) => boolean): Waiter[] => {
    const done = [...all].filter(isDone)
    for (const waiter of done) all.delete(waiter)
    return done
  }
  const reject = (isDone: (waiter: Waiter) => boolean, error: CartEchoError): void => {
    for (const waiter of take(isDone)) waiter.reject(error)
  }
  return {
    isEmpty: () => all.size === 0,
    add: (after) =>
      new Promise((resolve, reject) => {
        all.add({ after, disappointments: 0, resolve, reject })
      }),
    satisfy: (ask) => {
      for (const waiter of take(({ after }) => after < ask)) waiter.resolve()
    },
    fail: (ask, error) => reject(({ after }) => after < ask, error),
    disappoint: (error) => {
      for (const waiter of all) waiter.disappointments += 1
      const isTired = ({ disappointments }: Waiter): boolean => disappointments >= MOST_DISAPPOINTMENTS
      reject(isTired, error)
    },
    end: (error) => reject(() => true, error),
  }
}

/** How sure a page wants to be. */
export interface CheckOptions {
  /** How old the last confirmation may be. Default 0: ask now. */
  maxAgeMs?: number | undefined
  /**
   * False: it neither runs a refresh that is wanted nor waits for one. So it may be awaited in an `onRefresh`, to see first that the
   * server answers. Default true.
   */
  refresh?: boolean | undefined
  /** Ends the waiting; the promise then rejects with its reason, as `fetch` does. */
  signal?: AbortSignalLike | undefined
}

/** What a check found. */
export interface Checked {
  /** How many changes the listeners heard meanwhile. */
  readonly found: number
  /** As of when the page is known to be right, in milliseconds of `Date.now()`. */
  readonly confirmedAtMs: number
  /**
   * Whose cart was confirmed: the owner whom the server named, who is the page's. Null where it named none, as the guide's own check does: it
   * answers for whoever is logged in now, and nobody can tell whether that is the customer whom the page was rendered for.
   */
  readonly owner: string | null
}

/** What a check works on. */
interface CheckingParts {
  readonly nowMs: () => number
  readonly memory: () => Memory
  readonly session: () => Session | null
  readonly connection: () => Connection
  readonly refreshers: Pick<Refreshers, 'flush'>
}

/** Makes sure that the page is right: asks, lets listeners hear, runs the refresh that is wanted. */
export const createChecking =
  ({ nowMs, memory, session, connection, refreshers }: CheckingParts) =>
  async (options: CheckOptions = {}): Promise<Checked> => {
    const { maxAgeMs = 0, refresh = true, signal } = ownOnly(options)
    if (signal?.aborted) throw signal.reason
    // An age may be any, unlike what a timer waits.
    if (typeof maxAgeMs !== 'number' || !(maxAgeMs >= 0)) throw new CartEchoError('invalid-options', NO_AGE)
    const mine = memory()
    const toldBefore = mine.told
    if (!isConfirmed(mine, nowMs(), maxAgeMs)) {
      const open = session()
      if (!open) throw notListening(connection())
      await untilAborted(open.confirm(), signal)
    }
    if (refresh) await untilAborted(refreshers.flush(), signal)
    if (mine.confirmedAtMs === null || memory() !== mine) throw notListening(connection())
    return { found: mine.told - toldBefore, confirmedAtMs: mine.confirmedAtMs, owner: mine.confirmedOwner }
  }

const NO_AGE = 'check() needs maxAgeMs in milliseconds, 0 or more.'

const isConfirmed = ({ confirmedAtMs, stream }: Memory, nowMs: number, maxAgeMs: number): boolean =>
  confirmedAtMs !== null &&
  nowMs - confirmedAtMs < maxAgeMs &&
  // A clock that was put back must not make an old confirmation young.
  nowMs >= confirmedAtMs &&
  stream.asking.name === 'nothing' &&
  stream.buffered.length === 0

const notListening = (connection: Connection): CartEchoError =>
  new CartEchoError('cannot-check', `Nothing is asked while the page is ${connection.name}: ${connection.reason}.`, {
    cause: hasOwn(connection, 'error') ? connection.error : undefined,
  })
