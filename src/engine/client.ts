import type { CartEcho } from './cart-echo'
import { createAlarm, createCounted, isYoung } from './clock'
import { type Cursor, formatCursor } from './cursor'
import { identified, type Memory, type Move, newCustomer, rememberPage } from './customer'
import { createEmitter, createGuard, createSource, neverThrowing, type OnError, onceEach } from './emitter'
import type { Environment, PageSignal, Stop } from './environment'
import { CartEchoError } from './errors'
import type { CartEventName, Change } from './events'
import { type Listening, unknownEvent } from './events'
import type { PageIdentity, Shopper } from './identity'
import { type Closed, whyClosed } from './identity'
import { confirmed, hear, type News, noNews, unconfirmed, withChange } from './news'
import type { RefreshOptions } from './refresh'
import { createRefreshing, whileAnythingWorks } from './refreshes'
import { createChecking, openSession, type PageEffect, type Session } from './session'
import { readDurationMs } from './settings'
import { hasOwn, ownOnly } from './shape'
import { createSiblings } from './siblings'
import type { Connection } from './state'
import { createMoving, errorOf } from './state'
import type { Transport } from './transport'

/** Since when somebody else may be looking, while the page is away: nothing is confirmed. */
const AWAY = Number.POSITIVE_INFINITY

/** How old a page may be that is put in place now: Livewire and Inertia keep what they prefetched for 30 s. */
const PREFETCHED_MS = 30_000
/** Who says so soon after a refresh that the page was rendered may have been the refresh: that is believed so often for one change. */
const AFTERMATH_MS = 1_000
const MOST_READ_ONCE_MORE = 3

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
   * misuse. Default: nothing of it is heeded.
   */
  readonly moveTo?: ((identity: PageIdentity) => Move) | undefined
}

/**
 * Composes link, stream, emitter, news and connection.
 * @throws {CartEchoError} `invalid-user` or `invalid-cursor`.
 */
export const createClient = (options: ClientOptions): CartEcho => {
  const { environment, listening } = options
  const report = neverThrowing(options.onError)
  const reportOnce = onceEach(report)
  const guard = createGuard(report)
  const emitter = createEmitter<Record<string, [Change, Memory]>>(guard)
  const news = createSource<News>('news', noNews, guard)
  let customer = newCustomer(options.identity ?? {})
  let session: Session | null = null
  /** How the open session's place differs from that of the page. A live page does not go by the interval, and keeps its socket. */
  let owed: Move = 'none'
  const retiming = createAlarm(environment)
  let changedAtMs: number | null = null
  let isTraversed = false
  let readOnce = 0
  let ranAtMs = Number.NEGATIVE_INFINITY
  let leave: Stop = () => undefined

  const cursor = (): string | null => {
    const { cursor } = customer.memory.stream
    return cursor && formatCursor(cursor)
  }

  const { connection, move } = createMoving({
    nowMs: environment.nowMs,
    guard,
    goingTo: ({ name, reason }) => {
      // What was true of the page a moment ago is not known any more.
      if (name === 'idle' || name === 'refused') customer.memory.confirmedAtMs = null
      if (reason === 'session-over') refreshing.putOff()
      if (name === 'polling' && owed === 'interval') retiming.set(0, retime)
    },
    report: reportOnce,
  })

  const refreshing = createRefreshing({
    environment,
    news,
    gate: whileAnythingWorks(connection),
    cursor,
    // What throws has not said no.
    mayRun: () => guard('mayRefresh', () => options.mayRefresh?.(cursor())) ?? true,
    done: () => {
      ranAtMs = environment.nowMs()
      siblings.caughtUp()
    },
    report,
  })

  const siblings = createSiblings({
    environment,
    instance: listening.instance,
    memory: () => customer.memory,
    news,
    refreshing,
    tell: (note) => session?.tell(note),
    otherUser: () => refuseOtherUser(),
  })

  // Listeners may call anything: what follows a call-out (set, emit, report) first looks whether it still holds.

  const tell = (change: Change, spreadMs?: number): void => {
    const { memory } = customer
    memory.told += 1
    noteChange()
    refreshing.want(spreadMs)
    news.set(withChange(news.get(), change, memory.read.includes(change.meta.key)))
    if (customer.memory === memory) emitter.emit(change.event, change, memory)
    if (customer.memory === memory) guard('announce', () => options.announce?.(change))
  }

  const noteChange = (): void => {
    changedAtMs = environment.nowMs()
    readOnce = 0
  }

  const handle = (effect: PageEffect): void => {
    switch (effect.name) {
      case 'deliver':
        return tell(effect.change, effect.spreadMs)
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
        session?.tell({ name: 'other-user' })
        return refuseOtherUser()
    }
  }

  const refuseOtherUser = (): void => {
    const { memory } = customer
    const error = otherUser()
    close(error)
    memory.pending.length = 0
    refreshing.reset()
    news.set(noNews)
    if (customer.memory !== memory || session !== null || !counted.isOn()) return
    move({ name: 'refused', reason: 'other-user', error })
  }

  const open = (): void => {
    const { shopper, memory, saidOwner } = customer
    if (!environment.hasPage) return move({ name: 'idle', reason: 'no-browser' })
    const closed = whyClosed(shopper)
    if (closed) return stayClosed(closed, shopper)
    const transport: Transport = (sink) => options.transport(shopper.user, saidOwner)(sink)
    const note = siblings.hear
    const mine = openSession({ environment, rules: listening, transport, memory, handle, state: move, note })
    session = mine
    owed = 'none'
    move({ name: 'starting' })
    reportProblems(shopper)
    mine.begin()
    if (session === mine) refreshing.catchUp()
  }

  const stayClosed = (why: Closed, { problems }: Shopper): void => {
    if (why.name === 'idle') move(why)
    else move({ name: 'starting' }, why)
    // A conflict is reported as the refusal it becomes.
    reportProblems({ problems: problems.filter((problem) => !hasOwn(why, 'error') || problem !== why.error) })
  }

  const reportProblems = ({ problems }: Pick<Shopper, 'problems'>): void => {
    for (const problem of problems) report(problem)
  }

  const close = (why?: CartEchoError): void => {
    siblings.stop()
    retiming.stop()
    const mine = session
    // Before it stops: whoever hears of that may have opened the next.
    session = null
    mine?.stop(why)
  }

  const reopen = (): void => {
    close()
    open()
  }

  const isStuck = (): boolean => needsHelp(connection.get(), session !== null)

  const counted = createCounted({
    begin: () => {
      leave = both(options.whileStarted?.(), environment.watchPage(readIfAway))
      const nowMs = environment.nowMs()
      open()
      // It was left, and ended, and nobody heard it come back.
      if (counted.isOn() && news.get().unconfirmedSinceMs === AWAY) doubt(nowMs)
    },
    again: () => {
      if (isStuck()) reopen()
    },
    end: () => {
      close()
      refreshing.reset()
      leave()
      move({ name: 'idle', reason: 'not-started' })
    },
  })

  // While nobody is asked, another customer may come.
  const doubt = (sinceMs: number): void => {
    customer.memory.confirmedAtMs = null
    news.set(unconfirmed(news.get(), sinceMs))
  }

  // A log gives what was held once more; a bare answer, which may be another customer's, would have it told.
  const leavePage = (): void => {
    customer.memory.stream = { ...customer.memory.stream, buffered: [] }
    doubt(AWAY)
  }

  // Another page may have changed the cart meanwhile, and told those that were awake.
  const readIfAway = (signal: PageSignal): void => {
    if (signal === 'traversed') isTraversed = true
    if (signal === 'left') leavePage()
    if (signal === 'restored') doubt(environment.nowMs())
    if (session !== null && (signal === 'restored' || signal === 'resumed')) refreshing.want(0)
  }

  const identify = (identity: PageIdentity): void => {
    const before = customer
    // Nothing is taken of an identity that is misuse.
    identified(before, identity)
    const move = options.moveTo?.(identity) ?? 'none'
    if (move !== 'none' && owed !== 'check') owed = move
    const mine = identified(before, identity, move)
    customer = mine
    if (mine.memory === before.memory) renderedAgain(mine.shopper)
    else welcome()
    if (customer !== mine) return
    news.set(confirmed(news.get()))
    if (customer !== mine || !counted.isOn()) return
    if (session === null || isStuck() || isOwed('check')) reopen()
    else if (isOwed('interval') && connection.get().name === 'polling') retime()
    else reportProblems(mine.shopper)
  }

  // What a listener that is told in between begins, it begins at the new place.
  const isOwed = (move: Move): boolean => owed === move

  // Whoever waits for the check is not to be told that listening ended.
  const retime = (): void => {
    if (customer.memory.stream.asking.name === 'nothing') reopen()
    else retiming.set(RETIMED_MS, retime)
  }

  const welcome = (): void => {
    close()
    refreshing.reset()
    news.set(noNews)
    changedAtMs = null
  }

  const renderedAgain = ({ owner, cursor, enabled }: Shopper): void => {
    const { memory } = customer
    memory.stream = { ...memory.stream, owner, hasLog: memory.stream.hasLog || owner !== null }
    if (!enabled) close()
    if (!cursor) renderedSometime()
    isTraversed = false
    if (!cursor || (isPassed(cursor, memory.stream.cursor) && !mayReadOnceMore())) return
    if (session) session.rendered(cursor)
    else rememberPage(memory, cursor, listening, environment.nowMs())
  }

  // It may have been rendered, by a prefetch or for the history, before what changed meanwhile.
  const renderedSometime = (): void => {
    const isYoungNews = changedAtMs !== null && isYoung(changedAtMs, environment.nowMs(), PREFETCHED_MS)
    const mayBeOlder = isYoungNews || (isTraversed && changedAtMs !== null)
    if (mayBeOlder && mayReadOnceMore()) refreshing.beStale()
    else if (!mayBeOlder && !refreshing.isRunning() && !customer.memory.stream.cursor) refreshing.beFresh()
  }

  // A refresh may render the page itself, and say so while it runs, or after: that must not be a reason for the next without end.
  const mayReadOnceMore = (): boolean => {
    const isItsOwn = refreshing.isRunning() || isYoung(ranAtMs, environment.nowMs(), AFTERMATH_MS)
    if (!isItsOwn) return true
    readOnce += 1
    return readOnce <= MOST_READ_ONCE_MORE
  }

  return {
    events: Object.freeze([...listening.events.keys()]) as readonly CartEventName[],
    on: (name, listener, options = {}) => {
      const { replay = false } = ownOnly(options)
      if (!listening.events.has(name)) throw unknownEvent(name)
      return hear({ emitter, guard, news, now: () => customer.memory }, name, listener, replay)
    },
    start: counted.start,
    stop: counted.stop,
    identify,
    connection: { get: connection.get, subscribe: connection.subscribe },
    news: { get: news.get, subscribe: news.subscribe },
    check: createChecking({
      nowMs: environment.nowMs,
      memory: () => customer.memory,
      session: () => session,
      connection: connection.get,
      refreshers: refreshing,
    }),
    onRefresh: (refresh, options = {}) => {
      const off = refreshing.add(refresh, withDurations(options))
      // It came late, and what was rendered is older than the news.
      if (session !== null) refreshing.catchUp()
      return off
    },
    refresh: refreshing.run,
    dismiss: siblings.dismiss,
    changedHere: () => {
      if (session !== null) siblings.changedHere()
    },
  }
}

// A socket that comes back ends its own loss. What was refused or delayed on an open one, and what the check has switched off, is tried
// anew when told.
const needsHelp = (connection: Connection, isListening: boolean): boolean =>
  errorOf(connection) !== null || (isListening && connection.name === 'idle')

const withDurations = (given: RefreshOptions): RefreshOptions => {
  const { settleMs, spreadMs, hold } = ownOnly(given)
  return {
    settleMs: readDurationMs('onRefresh: settleMs', settleMs),
    spreadMs: readDurationMs('onRefresh: spreadMs', spreadMs),
    hold,
  }
}

const isPassed = (cursor: Cursor, known: Cursor | null): boolean =>
  known !== null && cursor.epoch === known.epoch && cursor.seq < known.seq

const both =
  (first: Stop | undefined, second: Stop): Stop =>
  () => {
    first?.()
    second()
  }

const otherUser = (): CartEchoError =>
  new CartEchoError('other-user', 'The check answers for another customer: reload the page, or call identify().')
