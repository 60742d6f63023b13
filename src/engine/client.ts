import { untilAborted } from './abort'
import type { CartEcho } from './cart-echo'
import { createAlarm, isYoung } from './clock'
import { formatCursor, isBefore } from './cursor'
import { identified, isConfirmed, type Memory, type Move, newCustomer, remember } from './customer'
import { createEmitter, createGuard, createSource, neverThrowing, type OnError, onceEach, readOnly } from './emitter'
import type { Environment, PageSignal, Stop } from './environment'
import { type CartEchoError, insistOnFunction, unfit } from './errors'
import { type CartEventName, type Change, type Listening, unknownEvent } from './events'
import { type PageIdentity, readShopper, type Shopper, whyClosed } from './identity'
import { confirmed, dismissed, hear, keysOf, type News, noNews, unconfirmed, withChange, withRead } from './news'
import { createRefreshing } from './refresh'
import { openSession, type PageEffect, type Session } from './session'
import { ownOnly } from './shape'
import { createSiblings } from './siblings'
import {
  type Connection,
  type ConnectionFact,
  errorOf,
  moveConnection,
  nextTryAfter,
  notListening,
  notStarted,
  refused,
} from './state'
import { createTracer } from './trace'
import type { Sink, TabNote, Transport } from './transport'

/** `unconfirmedSinceMs` while the page is in the back/forward cache: nothing confirms then who looks at it. */
const AWAY = Number.POSITIVE_INFINITY

/** How old a page may be that is put in place now: Livewire and Inertia keep what they prefetched for 30 s. */
const PREFETCHED_MS = 30_000

/** How often to look whether a new interval can begin. */
const RETIMED_MS = 1_000

/** What a client is made of. */
export interface ClientOptions {
  readonly environment: Environment
  /** The events the page listens to, and the cart instance. */
  readonly listening: Listening
  /** The transport of one customer, made anew for each; the user is null for a guest, the owner where the page does not say. */
  readonly transport: (user: string | null, owner: string | null) => Transport
  readonly onError: OnError
  /** Gets each change after the listeners, for another way out of the SDK, such as DOM events. */
  readonly announce?: ((change: Change) => void) | undefined
  /**
   * Asked before each run of an `onRefresh`, with the newest change the page was told of, `epoch:seq`. False: that run does not happen,
   * and counts neither as success nor as failure. Default: all happen.
   */
  readonly mayRefresh?: ((cursor: string | null) => boolean) | undefined
  /** Runs when listening starts; what it returns runs when listening stops. */
  readonly whileStarted?: (() => Stop) | undefined
  readonly identity?: PageIdentity | undefined
  /**
   * Takes from an identity where to listen and ask: what is opened from then on is there. Says how that differs; throws, and takes nothing, where it is
   * misuse. Default: where to listen and ask never changes.
   */
  readonly moveTo?: ((identity: PageIdentity) => Move) | undefined
}

/**
 * Composes link, stream, emitter, news and connection.
 * @throws {CartEchoError} `invalid-user` or `invalid-cursor`.
 */
export const createClient = (options: ClientOptions): CartEcho => {
  const { environment, listening } = options
  const { nowMs } = environment
  const onError = neverThrowing(options.onError)
  const { trace, listen, forgetTabs } = createTracer(onError)
  const report: OnError = (error) => {
    onError(error)
    trace({ name: 'error', error })
  }
  const reportOnce = onceEach(report)
  const guard = createGuard(report)
  const emitter = createEmitter<Record<string, [Change, Memory]>>(guard)
  const news = createSource<News>('news', noNews, guard)
  const connection = createSource<Connection>('connection', notStarted(nowMs()), guard)
  let nextTryAtMs: number | null = null
  let customer = newCustomer(readShopper(options.identity ?? {}))
  let session: Session | null = null
  /** How the page listens and asks otherwise now than the open session does. A live page does not go by the interval, and keeps its socket. */
  let pendingMove: Move = 'none'
  const retiming = createAlarm(environment)
  let changedAtMs: number | null = null
  let isTraversed = false
  /** Whoever has it started. */
  const holders = new Set<object>()
  const leaving: (Stop | undefined)[] = []

  const cursor = (): string | null => {
    const { cursor } = customer.memory.stream
    return cursor && formatCursor(cursor)
  }

  const refreshing = createRefreshing({
    environment,
    connection,
    news,
    cursor,
    // A listener that throws has not prevented it.
    mayRun: () => guard('mayRefresh', () => options.mayRefresh?.(cursor())) ?? true,
    done: () => siblings.caughtUp(),
    report,
    trace: (phase) => trace({ name: 'refresh', phase }),
  })

  const tell = (note: TabNote): void => session?.tell(note)
  const siblings = createSiblings(environment, refreshing.isRunning, () =>
    tell({ name: 'changed-here', instance: listening.instance }),
  )

  // Listeners may call anything, also stop() and identify(): after each call-out (set, emit, report) check that the next step still applies.

  const move = (fact: ConnectionFact): void => {
    const before = connection.get()
    const next = moveConnection(before, fact, nowMs())
    nextTryAtMs = nextTryAfter(next, fact)
    if (next === before) return
    const { name, reason } = next
    // Nothing is confirmed any more once nobody listens.
    if (name === 'idle' || name === 'refused') customer.memory.confirmedAtMs = null
    if (reason === 'session-over') refreshing.putOff()
    if (name === 'polling' && pendingMove === 'interval') retiming.set(0, retime)
    connection.set(next)
    const error = errorOf(next)
    if (error) reportOnce(error)
  }

  const deliver = (change: Change, spreadMs?: number): void => {
    const { memory } = customer
    memory.delivered += 1
    noteChange()
    refreshing.want(spreadMs)
    news.set(withChange(news.get(), change, memory.read.includes(change.meta.key)))
    if (customer.memory === memory) emitter.emit(change.event, change, memory)
    if (customer.memory === memory) guard('announce', () => options.announce?.(change))
  }

  const noteChange = (): void => {
    changedAtMs = nowMs()
    refreshing.noteChange()
  }

  const handle = (effect: PageEffect): void => {
    switch (effect.name) {
      case 'deliver':
        return deliver(effect.change, effect.spreadMs)
      case 'report':
        return reportOnce(effect.error)
      case 'confirmed':
        if (effect.owner !== null && effect.asOfMs !== undefined) news.set(confirmed(news.get(), effect.asOfMs))
        return refreshing.confirmed()
      case 'stale':
        noteChange()
        return refreshing.beStale(effect.spreadMs)
      case 'older-page':
        return refreshing.beStale()
      case 'fresh':
        return refreshing.beFresh()
      case 'other-user':
        tell({ name: 'other-user' })
        return refuseOtherUser()
    }
  }

  const hearSibling: Sink['note'] = (note) => {
    if (note.name === 'tabs') return trace(note)
    if (note.name === 'other-user') return refuseOtherUser()
    if (note.name === 'dismissed') {
      const { memory } = customer
      memory.read = withRead(memory.read, note.keys)
      return news.set(dismissed(news.get(), note.keys))
    }
    if (note.instance !== listening.instance) return
    siblings.changedThere()
    refreshing.beStale(0)
  }

  const refuseOtherUser = (): void => {
    const { memory } = customer
    const fact = refused('other-user')
    memory.pending.length = 0
    close(fact.error)
    forgetNews()
    if (customer.memory === memory && session === null && holders.size > 0) move(fact)
  }

  const forgetNews = (): void => {
    trace({ name: 'customer' })
    refreshing.reset()
    news.set(noNews)
  }

  const open = (): void => {
    const { shopper, memory } = customer
    if (!environment.hasPage) return move({ name: 'idle', reason: 'no-browser' })
    const closed = whyClosed(shopper)
    if (closed) {
      // Straight there: no other fact leads from `idle` to a refusal.
      move({ name: 'shared', connection: { ...closed, sinceMs: nowMs() } })
      return reportProblems()
    }
    const mine = openSession({
      environment,
      rules: listening,
      // The session calls it, and turns what it throws into a state.
      transport: (sink) => options.transport(shopper.user, shopper.owner)(sink),
      memory,
      handle,
      state: move,
      note: hearSibling,
      trace,
    })
    session = mine
    pendingMove = 'none'
    move({ name: 'starting' })
    reportProblems(shopper)
    mine.begin()
    if (session === mine) refreshing.catchUp()
  }

  // A page conflict is reported already, as the refusal.
  const reportProblems = ({ problems }: Shopper = customer.shopper): void => {
    for (const problem of problems) if (problem !== errorOf(connection.get())) report(problem)
  }

  const close = (why?: CartEchoError): void => {
    siblings.stop()
    retiming.stop()
    const mine = session
    // Set first: whoever hears that it stops may open the next session.
    session = null
    forgetTabs()
    mine?.stop(why)
  }

  // Also what throws as it is stopped is reported: whoever hears of it may have started, or stopped, the page.
  const reopen = (): void => {
    close()
    if (session === null && holders.size > 0) open()
  }

  // A lost socket comes back by itself. What was refused, delayed or switched off is tried again when `start` or `identify` is called.
  const isStuck = (): boolean =>
    errorOf(connection.get()) !== null || (session !== null && connection.get().name === 'idle')

  const begin = (): void => {
    leaving.push(options.whileStarted?.(), environment.watchPage(hearPage))
    open()
    // Stopped while in the back/forward cache: nobody heard it come back.
    if (holders.size > 0 && news.get().unconfirmedSinceMs === AWAY) unconfirm()
  }

  const end = (): void => {
    const mine = leaving.splice(0)
    close()
    for (const leave of mine) leave?.()
    if (holders.size > 0) return
    refreshing.pause()
    move({ name: 'idle', reason: 'not-started' })
  }

  // From then on another customer may be looking.
  const unconfirm = (sinceMs = nowMs()): void => {
    customer.memory.confirmedAtMs = null
    news.set(unconfirmed(news.get(), sinceMs))
  }

  const hearPage = (signal: PageSignal): void => {
    if (signal === 'traversed') isTraversed = true
    if (signal === 'left') {
      // The reorder buffer is dropped: a log gives it again, and without one the next answer may be about another customer.
      customer.memory.stream = { ...customer.memory.stream, buffered: [] }
      unconfirm(AWAY)
    }
    if (signal === 'restored') unconfirm()
    // While this page was away, another may have changed the cart and told only those that were awake.
    if (session !== null && (signal === 'restored' || signal === 'resumed')) refreshing.want(0)
    session?.hearPage(signal)
    // What comes back is a new tab to the others.
    if (signal === 'left' || signal === 'frozen') forgetTabs()
  }

  const identify = (identity: PageIdentity): void => {
    const before = customer
    // Throws for misuse before anything is changed.
    const said = readShopper(identity, before.shopper)
    const move = options.moveTo?.(identity) ?? 'none'
    if (move !== 'none' && pendingMove !== 'check') pendingMove = move
    const mine = identified(before, said, move)
    customer = mine
    if (mine.memory === before.memory) renderedAgain(mine.shopper)
    else {
      close()
      forgetNews()
      changedAtMs = null
    }
    news.set(confirmed(news.get()))
    if (customer !== mine || holders.size === 0) return
    if (session === null || isStuck() || pendingMove === 'check') reopen()
    else if (pendingMove === 'interval' && connection.get().name === 'polling') retime()
    else reportProblems()
  }

  // Not during an ask: `cart.check()` would reject because listening ended.
  const retime = (): void => {
    if (customer.memory.stream.asking.name === 'nothing') reopen()
    else retiming.set(RETIMED_MS, retime)
  }

  const renderedAgain = ({ owner: saidOwner, cursor, enabled }: Shopper): void => {
    const { memory } = customer
    const owner = saidOwner ?? memory.stream.owner
    memory.stream = { ...memory.stream, owner, hasLog: memory.stream.hasLog || owner !== null }
    if (!enabled) close()
    if (!cursor) renderedSometime()
    isTraversed = false
    if (!cursor || (isBefore(cursor, memory.stream.cursor) && !refreshing.mayReadOnceMore())) return
    if (session) return session.rendered(cursor)
    // The next session runs the effects of this.
    remember(memory, { name: 'rendered', cursor }, { ...listening, canAsk: false }, environment)
  }

  // A page without a cursor may come from a prefetch or the history, and be older than the last change.
  const renderedSometime = (): void => {
    const mayBeOlder = changedAtMs !== null && (isTraversed || isYoung(changedAtMs, nowMs(), PREFETCHED_MS))
    if (mayBeOlder && refreshing.mayReadOnceMore()) refreshing.beStale()
    else if (!mayBeOlder && !refreshing.isRunning() && !customer.memory.stream.cursor) refreshing.beFresh()
  }

  /** Makes sure that the page is right: asks, lets listeners hear, runs the refresh that is wanted. */
  const check: CartEcho['check'] = async (options = {}) => {
    const { maxAgeMs = 0, refresh = true, signal } = ownOnly(options)
    if (signal?.aborted) throw signal.reason
    // Any age will do; only timers have a longest wait.
    if (typeof maxAgeMs !== 'number' || !(maxAgeMs >= 0))
      throw unfit('invalid-options', 'check().maxAgeMs', 'milliseconds, 0 or more', maxAgeMs)
    const { memory } = customer
    const before = memory.delivered
    if (!isConfirmed(memory, nowMs(), maxAgeMs)) {
      if (!session) throw notListening(connection.get())
      await untilAborted(session.confirm(), signal)
    }
    if (refresh) await untilAborted(refreshing.flush(), signal)
    const { delivered, confirmedAtMs, confirmedOwner: owner } = memory
    if (confirmedAtMs === null || customer.memory !== memory) throw notListening(connection.get())
    return { found: delivered - before, confirmedAtMs, owner }
  }

  return {
    events: Object.freeze([...listening.events.keys()]) as readonly CartEventName[],
    on: (name, listener, options = {}) => {
      const { replay = false } = ownOnly(options)
      if (!listening.events.has(name)) throw unknownEvent(name)
      insistOnFunction('on()', listener)
      return hear({ emitter, guard, news, now: () => customer.memory }, name, listener, replay)
    },
    start: () => {
      const holder = {}
      holders.add(holder)
      if (holders.size === 1) begin()
      else if (isStuck()) reopen()
      return () => {
        if (holders.delete(holder) && holders.size === 0) end()
      }
    },
    stop: () => {
      if (holders.size === 0) return
      holders.clear()
      end()
    },
    identify,
    connection: readOnly(connection),
    // What was planned for a time that has passed is being tried, or waits for somebody who looks.
    nextTryAtMs: () => ((nextTryAtMs ?? 0) < nowMs() ? null : nextTryAtMs),
    news: readOnly(news),
    check,
    onRefresh: (refresh, options) => {
      const off = refreshing.add(refresh, options)
      // A late onRefresh on a page that is stale already runs at once.
      if (session !== null) refreshing.catchUp()
      return off
    },
    refresh: refreshing.run,
    dismiss: () => {
      const keys = keysOf(news.get())
      if (keys.length === 0) return
      tell({ name: 'dismissed', keys })
      news.set(dismissed(news.get()))
    },
    changedHere: () => {
      if (session !== null) siblings.changedHere()
    },
    trace: listen,
  }
}
