import { createAnnouncements } from './announcements'
import type { CartEcho } from './cart-echo'
import { createChecking } from './checking'
import { type Connection, type ConnectionFact, moveConnection, notStarted } from './connection'
import { formatCursor } from './cursor'
import { createEmitter, createGuard, type OnError } from './emitter'
import type { Environment, PageSignal, Stop } from './environment'
import { CartEchoError } from './errors'
import type { CartEventName, Change } from './events'
import { hear } from './hear'
import { mayComeAgain } from './identity'
import { type Listening, unknownEvent } from './listening'
import { confirmed, dismissed, keysOf, markStale, type News, noNews, unconfirmed, withChange } from './news'
import type { Gate } from './refresh'
import { createRefreshers } from './refreshers'
import { type Memory, newMemory, openSession, type PageEffect, renderedWhileClosed, type Session } from './session'
import { isSameShopper, type PageIdentity, readShopper, type Shopper } from './shopper'
import { createSource, type Source } from './source'
import type { TabNote, Transport } from './transport'

/** How long a cart that could not be read is left alone, unless there is news. */
const LEFT_ALONE_MS = 120_000
/** As many as may be unread, for a while. */
const MOST_READ = 100
/** Since when somebody else may be looking, while the page is away: nothing is confirmed. */
const AWAY = Number.POSITIVE_INFINITY

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
  readonly word?: PageIdentity | undefined
}

/**
 * Composes link, inbox, emitter, news and connection.
 * @throws {CartEchoError} `invalid-user` or `invalid-cursor`.
 */
export const createClient = (options: ClientOptions): CartEcho => {
  const { environment, listening } = options
  const report = neverThrowing(options.onError)
  const reportOnce = onceEach(report)
  const guard = createGuard(report)
  const emitter = createEmitter<Record<string, [Change, Memory]>>(guard)
  const connection = createSource<Connection>('connection', notStarted(environment.nowMs()), guard)
  const news = createSource<News>('news', noNews, guard)
  const gate = whileAnythingWorks(connection)
  const refreshers = createRefreshers(() => {
    announcements.caughtUp()
    news.set(markStale(news.get(), false))
  })
  const holders = new Set<symbol>()
  let shopper = readShopper(options.word ?? {})
  // A new memory is a new customer: whatever was begun under another one goes no further.
  let memory = newMemory(shopper)
  let session: Session | null = null
  let leave: Stop = () => undefined
  let failedAtMs = Number.NEGATIVE_INFINITY
  // As the page itself said it: the one that the check taught us, its siblings may not know.
  let saidOwner = shopper.owner
  const announcements = createAnnouncements({
    environment,
    tell: () => session?.tell({ name: 'changed-here', instance: listening.instance }),
    isReading: refreshers.isRunning,
  })

  // Listeners may call anything: what follows a call-out (set, emit, report) first looks whether it still holds.

  const move = (...facts: readonly ConnectionFact[]): void => {
    const before = connection.get()
    const nowMs = environment.nowMs()
    const after = facts.reduce((now, fact) => moveConnection(now, fact, nowMs), before)
    if (after === before) return
    // What was true of the page a moment ago is not known any more.
    if (after.name === 'idle' || after.name === 'refused') memory.confirmedAtMs = null
    if (after.because === 'session-over') putOffRefresh()
    connection.set(after)
    const error = errorOf(after)
    if (error) reportOnce(error)
  }

  const tell = (change: Change, spreadMs?: number): void => {
    const mine = memory
    mine.told += 1
    refreshers.want(spreadMs)
    news.set(withChange(news.get(), change, mine.read.includes(change.meta.key)))
    if (memory === mine) emitter.emit(change.event, change, mine)
    if (memory === mine) guard('announce', () => options.announce?.(change))
  }

  const growStale = (spreadMs?: number): void => {
    refreshers.want(spreadMs)
    news.set(markStale(news.get(), true))
  }

  const heed = (effect: PageEffect): void => {
    switch (effect.name) {
      case 'tell':
        return tell(effect.change, effect.spreadMs)
      case 'report':
        return reportOnce(effect.error)
      // A refresh that failed too often is tried again when the server is known to be there.
      case 'confirmed':
        if (effect.owner !== null && effect.asOfMs !== undefined) news.set(confirmed(news.get(), effect.asOfMs))
        return news.get().stale && !hasJustFailed() ? refreshers.want() : undefined
      case 'stale':
        return growStale(effect.spreadMs)
      case 'fresh':
        return news.set(markStale(news.get(), false))
      case 'other-user':
        session?.tell({ name: 'other-user' })
        return refuseOtherUser()
    }
  }

  const hearSibling = (note: TabNote): void => {
    switch (note.name) {
      case 'changed-here':
        if (note.instance !== listening.instance) return
        announcements.heard()
        return growStale(0)
      case 'dismissed':
        memory.read = [...memory.read, ...note.keys.filter((key) => !mayComeAgain(key))].slice(-MOST_READ)
        return news.set(dismissed(news.get(), note.keys))
      case 'other-user':
        return refuseOtherUser()
    }
  }

  // While nobody is asked, another customer may come.
  const doubt = (sinceMs: number): void => {
    memory.confirmedAtMs = null
    news.set(unconfirmed(news.get(), sinceMs))
  }

  // A log gives what was held once more; a bare answer, which may be another customer's, would have it told.
  const leavePage = (): void => {
    memory.inbox = { ...memory.inbox, held: [] }
    doubt(AWAY)
  }

  // Another page may have changed the cart meanwhile, and told those that were awake.
  const readIfAway = (signal: PageSignal): void => {
    if (signal === 'left') leavePage()
    if (signal === 'restored') doubt(environment.nowMs())
    if (session !== null && (signal === 'restored' || signal === 'resumed')) refreshers.want(0)
  }

  const dismiss = (): void => {
    const keys = keysOf(news.get())
    if (keys.length === 0) return
    session?.tell({ name: 'dismissed', keys })
    news.set(dismissed(news.get()))
  }

  const refuseOtherUser = (): void => {
    const mine = memory
    const error = new CartEchoError(
      'other-user',
      'The check answers for another customer than this page was rendered for. Reload the page, or call identify().',
    )
    close(error)
    mine.pending.length = 0
    refreshers.reset()
    news.set(noNews)
    if (memory !== mine || session !== null || holders.size === 0) return
    move({ name: 'refused', because: 'other-user', error })
  }

  const open = (): void => {
    const { user, guest, enabled, problems } = shopper
    if (!environment.hasPage) return move({ name: 'idle', because: 'no-browser' })
    if (!enabled) return beIdle('switched-off', problems)
    const conflict = problems.find(({ code }) => code === 'page-conflict')
    if (conflict) return refuseConflict(conflict, problems)
    if (user === null && !guest) return beIdle('no-user', problems)
    const mine = sessionOf(shopper)
    session = mine
    move({ name: 'starting' })
    reportAll(problems)
    mine.begin()
    if (session === mine && news.get().stale) refreshers.want()
  }

  const beIdle = (because: 'no-user' | 'switched-off', problems: Shopper['problems']): void => {
    move({ name: 'idle', because })
    reportAll(problems)
  }

  // The conflict is reported as the refusal it becomes.
  const refuseConflict = (conflict: CartEchoError, problems: Shopper['problems']): void => {
    move({ name: 'starting' }, { name: 'refused', because: 'page-conflict', error: conflict })
    reportAll(problems.filter((problem) => problem !== conflict))
  }

  const reportAll = (problems: Shopper['problems']): void => {
    for (const problem of problems) report(problem)
  }

  const sessionOf = ({ user }: Shopper): Session => {
    const owner = saidOwner
    const transport: Transport = (sink) => options.transport(user, owner)(sink)
    return openSession({ environment, rules: listening, transport, memory, heed, state: move, note: hearSibling })
  }

  const close = (why?: CartEchoError): void => {
    announcements.stop()
    session?.stop(why)
    session = null
  }

  const reopen = (): void => {
    close()
    open()
  }

  // A socket that comes back ends its own loss. What was refused or delayed on an open one, and what the check has switched
  // off, is tried anew when told.
  const isStuck = (): boolean =>
    errorOf(connection.get()) !== null || (session !== null && connection.get().name === 'idle')

  const stop = (): void => {
    if (holders.size === 0) return
    holders.clear()
    close()
    refreshers.reset()
    leave()
    move({ name: 'idle', because: 'not-started' })
  }

  const start = (): Stop => {
    const holder = Symbol('start')
    holders.add(holder)
    if (holders.size === 1) {
      leave = both(options.whileStarted?.(), environment.watchPage(readIfAway))
      const nowMs = environment.nowMs()
      open()
      // It was left, and ended, and nobody heard it come back.
      if (holders.has(holder) && news.get().unconfirmedSinceMs === AWAY) doubt(nowMs)
    } else if (isStuck()) {
      reopen()
    }
    return () => {
      if (holders.has(holder) && holders.size === 1) stop()
      holders.delete(holder)
    }
  }

  const identify = (word: PageIdentity): void => {
    const next = readShopper({ ...word, enabled: word.enabled ?? shopper.enabled })
    const known = { ...shopper, owner: memory.inbox.owner ?? shopper.owner }
    const mine = isSameShopper(known, next) ? { ...next, owner: next.owner ?? known.owner } : next
    const isAnother = mine === next
    saidOwner = isAnother ? next.owner : (next.owner ?? saidOwner)
    shopper = mine
    if (isAnother) welcome(mine)
    else renderedAgain(mine)
    if (shopper !== mine) return
    news.set(confirmed(news.get()))
    if (shopper !== mine || holders.size === 0) return
    if (session === null || isStuck()) reopen()
    else reportAll(mine.problems)
  }

  const welcome = (next: Shopper): void => {
    close()
    refreshers.reset()
    memory = newMemory(next)
    news.set(noNews)
  }

  const renderedAgain = ({ owner, cursor, enabled }: Shopper): void => {
    memory.inbox = { ...memory.inbox, owner }
    if (!enabled) close()
    if (!cursor && memory.inbox.cursor) return
    if (!cursor) news.set(markStale(news.get(), false))
    else if (session) session.rendered(cursor)
    else renderedWhileClosed(memory, cursor, listening, environment.nowMs())
  }

  // The cart of nobody cannot be read; it is when somebody is logged in again.
  const putOffRefresh = (): void => {
    refreshers.reset()
    news.set(markStale(news.get(), true))
  }

  // What throws has not said no.
  const mayRefresh = (): boolean => {
    let may = true
    guard('mayRefresh', () => {
      may = options.mayRefresh?.(cursor()) ?? true
    })
    return may
  }

  const hasJustFailed = (): boolean => {
    const sinceMs = environment.nowMs() - failedAtMs
    return sinceMs >= 0 && sinceMs < LEFT_ALONE_MS
  }

  const refreshFailed: OnError = (error) => {
    failedAtMs = environment.nowMs()
    news.set(markStale(news.get(), true))
    report(error)
  }

  const cursor = (): string | null => (memory.inbox.cursor ? formatCursor(memory.inbox.cursor) : null)

  return {
    events: Object.freeze([...listening.events.keys()]) as readonly CartEventName[],
    on: (name, listener, { replay = false } = {}) => {
      if (!listening.events.has(name)) throw unknownEvent(name)
      return hear({ emitter, guard, news, now: () => memory }, name, listener, replay)
    },
    start,
    stop,
    identify,
    connection: { get: connection.get, subscribe: connection.subscribe },
    news: { get: news.get, subscribe: news.subscribe },
    check: createChecking({
      nowMs: environment.nowMs,
      memory: () => memory,
      session: () => session,
      connection: connection.get,
      refreshers,
    }),
    onRefresh: (refresh, options = {}) => {
      const off = refreshers.add({
        environment,
        refresh,
        options,
        cursor,
        gate,
        mayRun: mayRefresh,
        report: refreshFailed,
      })
      // It came late, and what was rendered is older than the news.
      if (session !== null && news.get().stale) refreshers.want()
      return off
    },
    refresh: refreshers.run,
    dismiss,
    changedHere: () => {
      if (session !== null) announcements.announce()
    },
  }
}

// The server is probably away, and the cart with it.
const whileAnythingWorks = (connection: Source<Connection>): Gate => ({
  isOpen: () => connection.get().name !== 'waiting',
  whenOpen: (opened) =>
    connection.subscribe(({ name }) => {
      if (name !== 'waiting') opened()
    }),
})

const both =
  (first: Stop | undefined, second: Stop): Stop =>
  () => {
    first?.()
    second()
  }

const errorOf = (connection: Connection): CartEchoError | null => ('error' in connection ? connection.error : null)

// An onError that throws has nowhere left to be reported to.
const neverThrowing =
  (onError: OnError): OnError =>
  (error) => {
    try {
      onError(error)
    } catch {}
  }

// One trouble may show in several places, and for a long time.
const onceEach = (onError: OnError): OnError => {
  const reported = new WeakSet<CartEchoError>()
  return (error) => {
    if (reported.has(error)) return
    reported.add(error)
    onError(error)
  }
}
