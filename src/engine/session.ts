import type { AbortSignalLike } from './abort'
import { createAlarm } from './clock'
import type { Cursor } from './cursor'
import { type Memory, remember } from './customer'
import type { Environment, PageSignal } from './environment'
import type { CartEchoError } from './errors'
import { askThrew, type ConnectionFact } from './state'
import { type Arrival, type Confirmed, type Effect, type StreamRules, wakesAtMs } from './stream/state'
import type { StreamStep } from './trace'
import {
  cannotAnswer,
  gone,
  type Link,
  noCheck,
  type Query,
  type Reply,
  type Sink,
  startLink,
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
  readonly note: Sink['note']
  readonly trace: (step: StreamStep) => void
}

/** One shopper's listening, from start to stop. */
export type Session = ReturnType<typeof openSession>

/** Whoever waits for the answer to an ask that begins after they came, and for all it brought to be delivered. */
interface Waiter {
  /** How many asks there were before. */
  readonly after: number
  disappointments: number
  readonly resolve: () => void
  readonly reject: (error: CartEchoError) => void
}

/** A replica may lag for a moment: the third answer that settles nothing is a failure. */
const MOST_DISAPPOINTMENTS = 3

/** Runs the stream against a link and a clock. Never throws: a transport that does is refused with `echo-failed`. */
export const openSession = ({ environment, rules, transport, memory, handle, state, note, trace }: SessionParts) => {
  const { nowMs, random } = environment
  const alarm = createAlarm(environment)
  const early: (() => void)[] = []
  const waiters = new Set<Waiter>()
  let isOpen = true
  /** Null while the page does not live. */
  let link: Link | null = null
  let canAsk = false
  let asks = 0

  const nobody = () => (link ? noCheck() : cannotAnswer('The page is prerendered, or left.'))

  const report = (error: CartEchoError): void => handle({ name: 'report', error })

  const arrive = (arrival: Arrival): void => {
    if (!isOpen) return
    trace(remember(memory, arrival, { ...rules, canAsk }, environment))
    carryOut()
    const atMs = memory.pending.length > 0 ? nowMs() : wakesAtMs(memory.stream)
    if (!isOpen || atMs === Number.POSITIVE_INFINITY) alarm.stop()
    else alarm.set(atMs - nowMs(), () => arrive({ name: 'time' }))
  }

  // A queue: what a listener makes arrive must not overtake what is being carried out.
  const carryOut = (): void => {
    if (memory.busy) return
    memory.busy = true
    while (isOpen && memory.pending[0]) perform(memory.pending.shift() as Effect)
    memory.busy = false
  }

  const perform = (effect: Effect): void => {
    if (effect.name === 'ask') return void ask(effect.since)
    if (effect.name === 'unsettled') return disappoint(effect.error)
    handle(effect)
    if (effect.name === 'confirmed' && isOpen) confirmed(effect)
  }

  const confirmed = ({ ask, asOfMs, owner }: Confirmed): void => {
    const known = memory.confirmedAtMs
    // Another tab's older answer makes nobody less sure; a clock that was put back does.
    if (asOfMs !== undefined && (known === null || known > nowMs() || asOfMs > known)) {
      memory.confirmedAtMs = asOfMs
      memory.confirmedOwner = owner
    }
    if (ask !== undefined) release(ask)
  }

  const ask = async (since: Cursor | null): Promise<void> => {
    asks += 1
    const mine = asks
    const askedAtMs = nowMs()
    const { owner, hasLog } = memory.stream
    const query: Query = { since, owner, hasLog, maxAgeMs: waiters.size > 0 ? 0 : undefined }
    let reply: Reply | NoAnswer
    try {
      // One that throws at once is the same as one that rejects.
      reply = (await link?.ask?.(query)) ?? nobody()
    } catch (cause) {
      reply = { name: 'unanswered', error: askThrew(cause) }
      if (isOpen) report(reply.error)
    }
    if (reply.name !== 'unanswered') return arrive({ ...reply, ask: mine, asOfMs: reply.asOfMs ?? askedAtMs })
    if (reply.isProvisional) return arrive(reply)
    release(mine, reply.error)
    arrive(reply)
    // Those who came while that ask was under way still need one.
    if (waiters.size > 0) arrive({ name: 'resync' })
  }

  const disappoint = (error: CartEchoError): void => {
    for (const waiter of waiters) waiter.disappointments += 1
    end(({ disappointments }) => disappointments >= MOST_DISAPPOINTMENTS, error)
  }

  /** Ends the waiting of all who came before that ask: well, or with an error. */
  const release = (ask: number, error?: CartEchoError): void => end(({ after }) => after < ask, error)

  const end = (isOver: (waiter: Waiter) => boolean, error?: CartEchoError): void => {
    for (const waiter of waiters) {
      if (!isOver(waiter)) continue
      waiters.delete(waiter)
      if (error) waiter.reject(error)
      else waiter.resolve()
    }
  }

  // A transport may speak before it has returned; it is heard once its link is there to be asked.
  const heard =
    <Said extends readonly unknown[]>(hear: (...said: Said) => void) =>
    (...said: Said): void => {
      if (!link) early.push(() => isOpen && hear(...said))
      else if (isOpen) hear(...said)
    }

  const sink: Sink = {
    deliver: heard((event, payload) => arrive({ name: 'broadcast', event, payload })),
    answer: heard((said, asOfMs) => arrive({ ...said, asOfMs })),
    resync: heard((withinMs = 0, onlyOwned = false) => {
      if (!onlyOwned || memory.stream.owner !== null) arrive({ name: 'resync', inMs: withinMs * random() })
    }),
    state: heard(state),
    report: heard(report),
    note: heard(note),
  }

  const connect = (arrival: Arrival): void => {
    // A listener may have stopped the page, and a link that has ended has nothing more to say.
    if (!isOpen) return
    early.length = 0
    link = startLink(transport, sink)
    if (!isOpen) return disconnect()
    canAsk = link.ask !== undefined
    arrive(arrival)
    for (const hear of early.splice(0)) hear()
  }

  const disconnect = (): void => {
    const mine = link
    link = null
    if (mine) stopLink(mine.stop, report)
  }

  return {
    /** Starts the transport. Apart from opening, so that whoever hears of it at once already holds the session to stop. */
    begin: (): void => {
      if (!isOpen) return
      // An earlier session's answer is not heard any more: what was to be asked is asked anew.
      const kept = memory.pending.filter(({ name }) => !['ask', 'confirmed', 'unsettled'].includes(name))
      memory.pending.splice(0, memory.pending.length, ...kept)
      if (environment.isActivated()) connect({ name: 'unanswered' })
      else state({ name: 'prerendering' })
    },
    /**
     * The transport runs only while the page lives: not while it is prerendered, for nobody has asked for it yet; not in the
     * back/forward cache, where an open socket or a message may evict it; not while it is frozen, when what arrives is
     * lost. What comes back begins anew, and asks for what it missed.
     */
    hearPage: (signal: PageSignal): void => {
      if (signal === 'left' || signal === 'frozen') disconnect()
      if (link || !environment.isActivated()) return
      if (signal === 'activated') connect({ name: 'unanswered' })
      if (signal === 'restored' || signal === 'resumed') {
        state({ name: 'starting' })
        connect({ name: 'resync' })
      }
    },
    /** The page was rendered anew, at this cursor. */
    rendered: (cursor: Cursor): void => arrive({ name: 'rendered', cursor }),
    /**
     * Asks the check now, and resolves when everything it knows has been delivered. Rejects with the error of an ask that
     * failed, of an answer that settles nothing, or with `cannot-check` when the session ends or has nothing to ask.
     */
    confirm: (): Promise<void> =>
      new Promise((resolve, reject) => {
        if (!isOpen || !link?.ask) return reject(nobody().error)
        waiters.add({ after: asks, disappointments: 0, resolve, reject })
        arrive({ name: 'resync' })
      }),
    /** Tells the shopper's other tabs, where the transport knows of any. Never throws. */
    tell: (note: TabNote): void => {
      if (isOpen) link?.tell?.(note)
    },
    /** Ends it. Whatever the link says afterwards is not heard; who waits for a confirmation hears why. */
    stop: (why: CartEchoError = gone().error): void => {
      if (!isOpen) return
      isOpen = false
      alarm.stop()
      disconnect()
      release(Number.POSITIVE_INFINITY, why)
    },
  }
}

/** What an ask that throws amounts to. When it is asked again is left to the stream. */
type NoAnswer = Omit<Reply & { name: 'unanswered' }, 'next'> & { readonly next?: undefined }

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
