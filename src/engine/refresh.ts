import { type Abort, createAbort, type Signal } from './abort'
import { backOffMs, REFRESH_FAILED } from './backoff'
import { isYoung } from './clock'
import { isBefore, parseCursor } from './cursor'
import { guarded, type OnError, type SettableSource, type Source } from './emitter'
import type { Environment, PageSignal, Stop } from './environment'
import { CartEchoError, wordsOf } from './errors'
import { markStale, type News } from './news'
import { onChange } from './on-change'
import { readDurationMs } from './settings'
import { ownOnly } from './shape'
import type { Connection } from './state'

/** What a refresh is given. */
export interface RefreshRequest {
  /** The newest change the page was told of, `epoch:seq`: what is read must be at least as new. Null where the server keeps no log. */
  readonly cursor: string | null
  /** Aborted when the page stops listening, or another customer looks at it: hand it to `fetch`. */
  readonly signal: Signal
}

/**
 * Reads the cart anew and shows it. May return the cursor it rendered, `epoch:seq`: one older than the news is read once more.
 * What it throws, or rejects with, is tried again a few times; so is what has not ended within 30 s. It must not wait for `refresh()`
 * or `check()`, which wait for it; `check({ refresh: false })` does not.
 */
export type Refresh = (request: RefreshRequest) => unknown

/**
 * Says whether what is due may run now: null, it may. Else what it returns keeps it waiting until `go`, and is called when the waiting
 * is over in any way.
 */
export type Hold = (go: () => void) => Stop | null

/** How refreshes are spaced. */
export interface RefreshOptions {
  /** How long to wait for the rest of a burst. Default 250 ms. */
  settleMs?: number | undefined
  /** Over how long the pages of a shop spread a refresh that the server gave no `spread_ms` for. Default 2,000 ms. */
  spreadMs?: number | undefined
  /**
   * Asked when a run is due, such as whether the shopper is typing. `refresh()` and `check()` do not ask: somebody wants to know now.
   * Default: nothing holds it back.
   */
  hold?: Hold | undefined
}

const SETTLE_MS = 250
const SPREAD_MS = 2_000
/** No hint of a server spreads a refresh wider. */
const LONGEST_SPREAD_MS = 300_000
/** How often one is tried, and how long a run may take. */
const MOST_ATTEMPTS = 5
const RUN_WITHIN_MS = 30_000
/** How long a cart that could not be read is left alone, unless there is news. */
const LEFT_ALONE_MS = 120_000

/** What the refreshes of a page share. */
interface Parts {
  readonly environment: Environment
  /** While it is `waiting`, the server is probably away, and the cart with it: nothing runs by itself. */
  readonly connection: Source<Connection>
  /** The newest place delivered, as `epoch:seq`. */
  readonly cursor: () => string | null
  /** Asked before each run. False: this one is passed over, and the next reason, or `flush`, asks anew. Must not throw. */
  readonly mayRun: () => boolean
  /** A run succeeded, and nothing more is wanted; or all refreshes have come that far. */
  readonly done: () => void
  readonly report: OnError
}

/** Keeps the cart on a page as new as its news: by its refreshes, and by saying in the news where it may be older. */
export type Refreshing = ReturnType<typeof createRefreshing>

/** Nothing to run yet, nothing wanted. */
export const createRefreshing = ({ news, done, report, ...parts }: Parts & { readonly news: SettableSource<News> }) => {
  const { nowMs } = parts.environment
  const all = new Set<Refresher>()
  /** Wanted, but whoever would have run it was removed, or nobody was there: the next one that is added begins with it. */
  let isPending = false
  let failedAtMs = Number.NEGATIVE_INFINITY

  const mark = (isStale: boolean): void => news.set(markStale(news.get(), isStale))

  const want = (spreadMs?: number): void => {
    if (all.size === 0) isPending = true
    for (const refresher of [...all]) refresher.want(spreadMs)
  }

  const flush = async (): Promise<void> => {
    await Promise.all([...all].map((refresher) => refresher.flush()))
  }

  const reset = (): void => {
    isPending = false
    for (const refresher of [...all]) refresher.reset()
  }

  const catchUp = (): void => {
    if (news.get().stale) want()
  }

  const doneIfAll = (): void => {
    if (all.size === 0 || ![...all].every(({ isDone }) => isDone())) return
    done()
    mark(false)
  }

  const failed = (error: CartEchoError): void => {
    failedAtMs = nowMs()
    mark(true)
    report(error)
  }

  return {
    /**
     * Adds one. Returns the function that removes it.
     * @throws {CartEchoError} `invalid-options` for a duration that is none.
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
    /** There is a reason to read the cart anew. */
    want,
    /** Runs at once what is wanted. Rejects with the first that failed. */
    flush,
    /** Runs all of them at once, wanted or not. */
    run: (): Promise<void> => {
      want(0)
      return flush()
    },
    isRunning: (): boolean => [...all].some(({ isRunning }) => isRunning()),
    reset,
    /** The cart on the page may be older than the server's: it is read anew. */
    beStale: (spreadMs?: number): void => {
      want(spreadMs)
      mark(true)
    },
    /** It is not, or not any more. */
    beFresh: (): void => mark(false),
    /** Reads it anew if it is known to be older, as when a page begins to listen. */
    catchUp,
    /** The server is known to be there: what failed too often is tried again, unless it was lately. */
    confirmed: (): void => {
      if (!isYoung(failedAtMs, nowMs(), LEFT_ALONE_MS)) catchUp()
    },
    /** Leaves off until somebody is logged in again: the cart of nobody cannot be read. */
    putOff: (): void => {
      reset()
      mark(true)
    },
  }
}

type State =
  /** Nothing is wanted. `isDone`: and the last run neither failed nor was passed over. */
  | { readonly name: 'rest'; readonly isDone: boolean }
  /** `isTimed` until its time has come; after that it waits for somebody, not for a time. */
  | { readonly name: 'waiting'; isTimed: boolean; stop: Stop }
  | { readonly name: 'asking' }
  /** `again`: how widely to spread the next run, for what was wanted meanwhile. */
  | { readonly name: 'running'; readonly abort: Abort; readonly ended: Promise<void>; again: number | null }

type Refresher = ReturnType<typeof createRefresher>

/** One refresh of a page: many reasons, one run at a time. */
const createRefresher = (parts: Parts, refresh: Refresh, options: RefreshOptions) => {
  const { environment, connection, report } = parts
  const { hold, ...durations } = ownOnly(options)
  const settleMs = readDurationMs('onRefresh().settleMs', durations.settleMs) ?? SETTLE_MS
  const ownSpreadMs = readDurationMs('onRefresh().spreadMs', durations.spreadMs) ?? SPREAD_MS
  let state: State = { name: 'rest', isDone: true }

  const become = (next: State): void => {
    if (state.name === 'waiting') state.stop()
    state = next
  }

  const spreadInMs = (spreadMs: number): number => environment.random() * Math.min(spreadMs, LONGEST_SPREAD_MS)

  // Until the burst has settled and its time has come, then until somebody looks, the server is there, and nothing holds it back.
  const plan = (inMs: number, spreadMs: number, attempt = 0): void => {
    const waiting: State = { name: 'waiting', isTimed: true, stop: () => undefined }
    become(waiting)

    const wait = (isTimed: boolean, stop: Stop): void => {
      waiting.stop()
      Object.assign(waiting, { isTimed, stop })
    }

    const pass = (ms: number): void => wait(true, environment.schedule(settleMs + ms, fallDue))

    const fallDue = (): void => {
      if (!environment.isVisible()) return wait(false, environment.watchPage(look))
      if (connection.get().name === 'waiting') return wait(false, onChange(connection, goOn))
      const letGo = hold ? askHold(hold, fallDue, report) : null
      // Whoever was asked may have ended this.
      if (state !== waiting) letGo?.()
      else if (letGo) wait(false, letGo)
      else void start(spreadMs, attempt)
    }

    const look = (signal: PageSignal): void => {
      if (signal === 'visible') fallDue()
    }

    // Spread once more from there: the connections of all pages come back at once.
    const goOn = ({ name }: Connection): void => {
      if (name !== 'waiting') pass(spreadInMs(spreadMs))
    }

    pass(inMs)
  }

  const start = (spreadMs: number, attempt = 0): Promise<void> | undefined => {
    const asking: State = { name: 'asking' }
    become(asking)
    const mayRun = parts.mayRun()
    // Whoever was asked may have put us back.
    if (state !== asking) return undefined
    if (!mayRun) {
      become({ name: 'rest', isDone: false })
      return undefined
    }
    const abort = createAbort()
    const running: State = { name: 'running', abort, ended: run(parts, refresh, abort), again: null }
    become(running)
    running.ended.then(
      () => state === running && succeed(running.again),
      (cause) => state === running && fail(cause, spreadMs, attempt, running.again),
    )
    return running.ended
  }

  const succeed = (again: number | null): void => {
    become({ name: 'rest', isDone: true })
    if (again === null) parts.done()
    else want(again)
  }

  const fail = (cause: unknown, spreadMs: number, attempt: number, again: number | null): void => {
    if (attempt === 0) report(refreshFailed(cause))
    become({ name: 'rest', isDone: false })
    const next = attempt + 1
    if (next < MOST_ATTEMPTS) plan(backOffMs(REFRESH_FAILED, attempt, environment.random()), spreadMs, next)
    else if (again !== null) want(again)
  }

  const want = (spreadMs = ownSpreadMs): void => {
    if (state.name === 'running' && (state.again === null || spreadMs === 0)) state.again = spreadMs
    else if (state.name === 'rest') plan(spreadInMs(spreadMs), spreadMs)
    // The shopper's own doing in another tab does not wait for what an admin did to many.
    else if (state.name === 'waiting' && state.isTimed && spreadMs === 0) plan(0, spreadMs)
  }

  return {
    /** There is a reason. Runs at random within `spreadMs`, once for all reasons until then. */
    want,
    /** Runs at once what is wanted, whatever it waits for; resolves when it has run, was passed over, or was dropped. Rejects with `refresh-failed`. */
    flush: async (): Promise<void> => {
      try {
        if (state.name === 'running') await state.ended
        // Whoever else waited for that may have begun the next already. One that was given up is tried anew, and whoever is
        // being asked would wait for itself.
        if (state.name === 'asking' || (state.name === 'rest' && state.isDone)) return
        await (state.name === 'running' ? state.ended : start(ownSpreadMs))
      } catch (cause) {
        throw refreshFailed(cause)
      }
    },
    isDone: (): boolean => state.name === 'rest' && state.isDone,
    isRunning: (): boolean => state.name === 'running',
    /** Drops what is wanted, aborts what runs. `want` may follow. */
    reset: (): void => {
      if (state.name === 'running') state.abort.abort()
      become({ name: 'rest', isDone: true })
    },
  }
}

/**
 * Runs a refresh once. Resolves when it has ended, or was aborted: one that was dropped may never end. Rejects with what it threw; also when it has not ended
 * within 30 s, for one that never ends would be the last, such as one that awaits `refresh()` or `check()`, which wait for it.
 */
const run = ({ environment, cursor }: Parts, refresh: Refresh, abort: Abort): Promise<void> =>
  new Promise((resolve, reject) => {
    const { signal } = abort
    const stopTimer = environment.schedule(RUN_WITHIN_MS, () => {
      reject(new Error(`no end within ${RUN_WITHIN_MS / 1_000} s`))
      abort.abort()
    })
    signal.addEventListener('abort', () => {
      stopTimer()
      resolve()
    })
    readOnceOrTwice(refresh, cursor, signal).finally(stopTimer).then(resolve, reject)
  })

const readOnceOrTwice = async (refresh: Refresh, cursor: () => string | null, signal: Signal): Promise<void> => {
  // A microtask later: whoever begins a run holds it first.
  await null
  const rendered = await refresh({ cursor: cursor(), signal })
  // A replica may have lagged: read once more, not for ever.
  const isOlder = isBefore(parseCursor(rendered), parseCursor(cursor()))
  if (isOlder && !signal.aborted) await refresh({ cursor: cursor(), signal })
}

const refreshFailed = (cause: unknown): CartEchoError =>
  new CartEchoError('refresh-failed', `onRefresh failed: ${wordsOf(cause)}`, { cause })

/**
 * Asks the page's own code for its hold: null too where that throws, which is reported as `listener-failed`, or says go before it returns. Says go
 * once at most, and never after its waiting was ended.
 */
const askHold = (hold: Hold, go: () => void, report: OnError): Stop | null => {
  let isWaiting = false
  let isOver = false
  const letGo = guarded(report, HOLD, () =>
    hold(() => {
      const mayGo = isWaiting && !isOver
      isOver = true
      if (mayGo) go()
    }),
  )
  if (!letGo) return null
  const end: Stop = () => {
    isOver = true
    guarded(report, HOLD, letGo)
  }
  isWaiting = !isOver
  if (isWaiting) return end
  end()
  return null
}

const HOLD = 'onRefresh().hold'
