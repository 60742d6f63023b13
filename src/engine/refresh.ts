import { type Abort, createAbort, type Signal, untilAborted, withinTime } from './abort'
import { backOffMs, REFRESH_FAILED } from './backoff'
import { onChange } from './cart-echo'
import { isYoung } from './clock'
import { isBefore, parseCursor } from './cursor'
import { guarded, type OnError, type SettableSource, type Source } from './emitter'
import type { Environment, PageSignal, Stop } from './environment'
import { CartEchoError, insistOnFunction, wordsOf } from './errors'
import { markStale, type News } from './news'
import { readDurationMs } from './settings'
import { ownOnly } from './shape'
import type { Connection } from './state'
import type { RefreshStep } from './trace'

/** What a refresh function is called with. */
export interface RefreshRequest {
  /** The newest change delivered to the page, `epoch:seq`: the cart to load must be at least as new. Null when the server keeps no log. */
  readonly cursor: string | null
  /** Aborted when the page stops listening, or when the customer changes. Pass it to `fetch`. */
  readonly signal: Signal
}

/**
 * Reloads the cart and shows it. May return the cursor it rendered, `epoch:seq`: when that is older than the newest change, it is called once more.
 * When it throws, rejects, or has not ended within 30 s, it is retried up to four times while the page listens. It must not wait for `refresh()` or `check()`, because they wait
 * for it; `check({ refresh: false })` does not.
 */
export type Refresh = (request: RefreshRequest) => unknown

/**
 * Decides whether a refresh that is due may run now. To let it run, return null. To delay it, return a function, and call `go` when it may run: then it is
 * asked again. The returned function is called when the delay ends for any reason.
 */
export type Hold = (go: () => void) => Stop | null

/** When refreshes run. */
export interface RefreshOptions {
  /** How long to wait for more changes of a burst. Default 250 ms. */
  settleMs?: number | undefined
  /** The time within which the refresh starts at random, unless the server gave `spread_ms`. Default 2,000 ms. */
  spreadMs?: number | undefined
  /**
   * Asked when a refresh is due, to delay it, such as while the shopper is typing. `refresh()` and `check()` run it at once, without asking.
   * Default: never delayed.
   */
  hold?: Hold | undefined
}

const SETTLE_MS = 250
const SPREAD_MS = 2_000
/** The longest spread that a server can ask for. */
const LONGEST_SPREAD_MS = 300_000
/** As many runs may follow one another without a pause, each for what was requested during the one before: a refresh may request itself. */
const MOST_IN_A_ROW = 5
/** How many times a refresh is tried, and how long one run may take. */
const MOST_ATTEMPTS = 5
const RUN_WITHIN_MS = 30_000
/** How long no new refresh starts after a failure, unless there is news. */
const LEFT_ALONE_MS = 120_000
/** What says so soon after a refresh that the page was rendered may be the refresh itself: for that the cart is read once more only so often for one change. */
const AFTERMATH_MS = 1_000
const MOST_READ_ONCE_MORE = 3

/** What the refreshes of a page share. */
interface Parts {
  readonly environment: Environment
  /** While it is `waiting`, the server is probably down: no refresh starts by itself. */
  readonly connection: Source<Connection>
  /** The newest change that was delivered, as `epoch:seq`. */
  readonly cursor: () => string | null
  /** Asked before each run. False skips this run; the next reason, or `flush`, asks again. Must not throw. */
  readonly mayRun: () => boolean
  readonly trace: (phase: RefreshStep['phase']) => void
  /** Called when a refresh has succeeded and nothing more is wanted; by `createRefreshing`, when that is true of all. */
  readonly done: () => void
  readonly report: OnError
}

/**
 * Reloads the cart when needed, and marks the news as stale while the page's cart may be older than the server's. Starts without any refresh function, and with
 * nothing wanted.
 */
export const createRefreshing = ({ news, done, report, ...parts }: Parts & { readonly news: SettableSource<News> }) => {
  const { nowMs } = parts.environment
  const all = new Set<Refresher>()
  /** A refresh is wanted, but no function is there to run: the next one that is added starts with it. */
  let isPending = false
  /** One was wanted when the page stopped listening. */
  let isOwed = false
  let failedAtMs = Number.NEGATIVE_INFINITY
  let ranAtMs = Number.NEGATIVE_INFINITY
  let readOnce = 0

  const mark = (isStale: boolean): void => news.set(markStale(news.get(), isStale))

  const want = (spreadMs?: number): void => {
    isPending ||= all.size === 0
    for (const refresher of all) refresher.want(spreadMs)
  }

  const flush = async (): Promise<void> => {
    await Promise.all([...all].map((refresher) => refresher.flush()))
  }

  const reset = (): void => {
    isPending = false
    isOwed = false
    for (const refresher of all) refresher.reset()
  }

  const catchUp = (): void => {
    const isDue = isOwed || news.get().stale
    isOwed = false
    if (isDue) want()
  }

  const doneIfAll = (): void => {
    if (all.size === 0 || ![...all].every(({ isDone }) => isDone())) return
    ranAtMs = nowMs()
    done()
    mark(false)
  }

  const isRunning = (): boolean => [...all].some(({ isRunning }) => isRunning())

  const failed = (error: CartEchoError): void => {
    failedAtMs = nowMs()
    mark(true)
    report(error)
  }

  return {
    /**
     * Adds a refresh function. Returns the function that removes it.
     * @throws {CartEchoError} `invalid-options` without a function, for a `hold` that is none, and for an option that is not a number of milliseconds.
     */
    add: (refresh: Refresh, options: RefreshOptions = {}): Stop => {
      const refresher = createRefresher({ ...parts, done: doneIfAll, report: failed }, refresh, options)
      all.add(refresher)
      if (isPending) refresher.want()
      isPending = false
      return () => {
        const wasDone = refresher.isDone()
        refresher.reset()
        if (!all.delete(refresher) || wasDone) return
        isPending = true
        // The others may have run already, and waited for this one only.
        doneIfAll()
      }
    },
    /** Requests a refresh. */
    want,
    /** Runs at once what is wanted. Rejects with the first failure. */
    flush,
    /** Runs all of them at once, wanted or not. */
    run: (): Promise<void> => {
      want(0)
      return flush()
    },
    isRunning,
    /**
     * Whether a page that was rendered before the last change may cause a refresh. A refresh may render the page, which calls identify() again: that must
     * not cause refresh after refresh.
     */
    mayReadOnceMore: (): boolean => {
      if (!isRunning() && !isYoung(ranAtMs, nowMs(), AFTERMATH_MS)) return true
      readOnce += 1
      return readOnce <= MOST_READ_ONCE_MORE
    },
    /** There was a change, so the count of refreshes that rendered pages have caused begins anew. */
    noteChange: (): void => {
      readOnce = 0
    },
    /** Drops what is wanted: it is another customer's. */
    reset,
    /** Drops what is wanted until `catchUp`: nothing goes on on a page that does not listen. */
    pause: (): void => {
      const isWanted = isOwed || isPending || [...all].some((refresher) => refresher.isWanted())
      reset()
      isOwed = isWanted
    },
    /** Marks the cart as possibly older than the server's, and requests a refresh. */
    beStale: (spreadMs?: number): void => {
      want(spreadMs)
      mark(true)
    },
    /** Marks the cart as up to date. */
    beFresh: (): void => mark(false),
    /** Requests a refresh if the cart is marked as stale, or one was wanted when the page stopped, such as when the page starts to listen. */
    catchUp,
    /** The server has answered: tries again what failed too often, unless it failed lately. */
    confirmed: (): void => {
      if (!isYoung(failedAtMs, nowMs(), LEFT_ALONE_MS)) catchUp()
    },
    /** Drops what is wanted until somebody is logged in again: without a customer there is no cart to load. */
    putOff: (): void => {
      reset()
      mark(true)
    },
  }
}

type State =
  /** Nothing is wanted. `isDone`: the last run neither failed nor was skipped. */
  | { readonly name: 'rest'; readonly isDone: boolean }
  /** `isTimed` while a timer runs; afterwards it waits for the page, the connection or `hold`. */
  | { readonly name: 'waiting'; readonly isTimed: boolean; readonly stop: Stop }
  | Running

/** `again`: the spread of the next run, if one was requested meanwhile. `ended` resolves also when the run was skipped or dropped. */
interface Running {
  readonly name: 'running'
  readonly abort: Abort
  readonly ended: Promise<void>
  again: number | null
}

type Refresher = ReturnType<typeof createRefresher>

/** One refresh function: many requests, one run at a time. */
const createRefresher = (
  { environment, connection, cursor, mayRun, done, report, trace }: Parts,
  refresh: Refresh,
  options: RefreshOptions,
) => {
  const { hold, ...durations } = ownOnly(options)
  insistOnFunction('onRefresh()', refresh)
  if (hold) insistOnFunction(HOLD, hold)
  const settleMs = readDurationMs('onRefresh().settleMs', durations.settleMs) ?? SETTLE_MS
  const ownSpreadMs = readDurationMs('onRefresh().spreadMs', durations.spreadMs) ?? SPREAD_MS
  let state: State = { name: 'rest', isDone: true }
  /** Of what is wanted, from the first request to its end. */
  let spreadMs = ownSpreadMs
  let failures = 0
  let inARow = 0

  // Set first: what is stopped may be the page's own code.
  const become = (next: State): void => {
    const before = state
    state = next
    if (before.name === 'waiting') before.stop()
  }

  const rest = (isDone: boolean): void => become({ name: 'rest', isDone })

  const wait = (stop: Stop, isTimed = false): void => become({ name: 'waiting', isTimed, stop })

  const begin = (withinMs: number): void => {
    spreadMs = withinMs
    failures = 0
  }

  // Waits for the burst to settle and for the spread; then until the page is visible, the server is there, and `hold` lets it run.
  const plan = (inMs = environment.random() * Math.min(spreadMs, LONGEST_SPREAD_MS)): void =>
    wait(environment.schedule(settleMs + inMs, fallDue), true)

  const fallDue = (): void => {
    if (!environment.isVisible()) wait(environment.watchPage(look))
    else if (connection.get().name === 'waiting') wait(onChange(connection, goOn))
    else if (!isHeld()) void start()
  }

  const look = (signal: PageSignal): void => {
    if (signal === 'visible') fallDue()
  }

  // Spread again from there: the connections of all pages come back at once.
  const goOn = ({ name }: Connection): void => {
    if (name !== 'waiting') plan()
  }

  // True also when `hold` has stopped the client.
  const isHeld = (): boolean => {
    const due = state
    let held: State | null = null
    let mayGo = false
    const go = (): void => {
      mayGo = true
      // Once, and never after the delay has ended.
      if (state === held) fallDue()
    }
    const letGo = hold && guarded(report, HOLD, () => hold(go))
    if (letGo) {
      const stop = (): void => guarded(report, HOLD, letGo)
      if (mayGo || state !== due) stop()
      else {
        wait(stop)
        held = state
      }
    }
    return state !== due
  }

  const start = (): Promise<void> => {
    const abort = createAbort()
    // One that awaits `refresh()` or `check()`, which wait for it, would otherwise block all later ones.
    const ended = withinTime(environment, RUN_WITHIN_MS, abort.signal, (signal) =>
      untilAborted(run(signal), signal),
    ).then(
      (hasRun) => {
        trace(hasRun ? 'done' : 'skipped')
        if (state === running) succeed(hasRun, running.again)
      },
      (cause) => {
        trace(state === running ? 'failed' : 'dropped')
        if (state === running) throw fail(cause, running.again)
      },
    )
    ended.catch(() => undefined)
    const running: Running = { name: 'running', abort, ended, again: null }
    become(running)
    inARow += 1
    trace('begun')
    return ended
  }

  /** False when it was skipped. */
  const run = async (signal: Signal): Promise<boolean> => {
    // A microtask later: by then it is stored, and whoever is asked may wait for it.
    await null
    const may = mayRun()
    // What was requested by whoever was asked is this run.
    if (state.name === 'running') state.again = null
    if (!may || signal.aborted) return false
    const rendered = await refresh({ cursor: cursor(), signal })
    // A database replica may lag: reload once more, not endlessly.
    const isOlder = isBefore(parseCursor(rendered), parseCursor(cursor()))
    if (isOlder && !signal.aborted) await refresh({ cursor: cursor(), signal })
    return true
  }

  const succeed = (hasRun: boolean, again: number | null): void => {
    rest(hasRun)
    if (again !== null) return want(again)
    inARow = 0
    if (hasRun) done()
  }

  const fail = (cause: unknown, again: number | null): CartEchoError => {
    const error = new CartEchoError('refresh-failed', `onRefresh failed: ${wordsOf(cause)}`, { cause })
    const before = failures
    failures += 1
    inARow = 0
    rest(false)
    // Nothing goes on by itself on a page that does not listen; it is stale, and reads its cart when it starts.
    const isListening = connection.get().name !== 'idle'
    if (isListening && failures < MOST_ATTEMPTS) plan(backOffMs(REFRESH_FAILED, before, environment.random()))
    else if (isListening && again !== null) want(again)
    // Last: whoever hears of it may stop the client.
    if (before === 0) report(error)
    return error
  }

  const want = (withinMs = ownSpreadMs): void => {
    if (state.name === 'running') {
      if (state.again === null || withinMs === 0) state.again = withinMs
      // A change that the shopper made in another tab does not wait for the spread of a change to many carts.
    } else if (state.name === 'rest' || (state.isTimed && withinMs === 0)) {
      begin(withinMs)
      plan()
    }
  }

  const isDone = (): boolean => state.name === 'rest' && state.isDone

  return {
    /** Requests a refresh: one run at random within `spreadMs`, for all requests until then. */
    want,
    /** Runs at once what is wanted, whatever it waits for. Resolves when it has run, was skipped, or was dropped. Rejects with `refresh-failed`. */
    flush: async (): Promise<void> => {
      const isRequestedMeanwhile = state.name === 'running'
      if (state.name === 'running') await state.ended
      // One that requests itself would leave the page no time for anything else: the next waits for its timer.
      if (isRequestedMeanwhile && inARow >= MOST_IN_A_ROW) return
      // Another caller may have started the next run already. A refresh that was given up is tried again.
      if (isDone()) return
      if (state.name === 'running') return state.ended
      begin(ownSpreadMs)
      return start()
    },
    isDone,
    isRunning: (): boolean => state.name === 'running',
    /** True from a request to the end of its run. */
    isWanted: (): boolean => state.name !== 'rest',
    /** Drops what is wanted, and aborts what runs. `want` may follow. */
    reset: (): void => {
      const before = state
      inARow = 0
      rest(true)
      if (before.name === 'running') before.abort.abort()
    },
  }
}

const HOLD = 'onRefresh().hold'
