import { type Abort, createAbort, type Signal } from './abort'
import { backOffMs, REFRESH_FAILED } from './backoff'
import { parseCursor } from './cursor'
import { guarded, type OnError } from './emitter'
import type { Environment, Stop } from './environment'
import { CartEchoError, wordsOf } from './errors'
import type { Gate } from './refreshes'

/** How long to wait for the rest of a burst, unless the page says otherwise. */
const SETTLE_MS = 250

/** No hint of a server spreads a refresh wider. */
const LONGEST_SPREAD_MS = 300_000

/** How widely to spread a refresh, where neither server nor page says. */
const SPREAD_MS = 2_000

/** How often one is tried. */
const MOST_ATTEMPTS = 5

/** How long a run may take. */
const RUN_WITHIN_MS = 30_000

/**
 * Says whether what is due may run now: null, it may. Else what it returns keeps it waiting until `go`, and is called when the waiting
 * is over in any way.
 */
export type Hold = (go: () => void) => Stop | null

/**
 * Asks the page's own code for it: null too where that throws, which is reported as `listener-failed`, or says go before it returns. Says go
 * once at most, and never after its waiting was ended.
 */
const askHold = (hold: Hold, go: () => void, report: OnError): Stop | null => {
  const ask = <Value>(run: () => Value): Value | undefined => guarded(report, 'hold of an onRefresh', run)
  let situation: 'asking' | 'waiting' | 'over' = 'asking'
  const letGo = ask(() =>
    hold(() => {
      const wasWaiting = situation === 'waiting'
      situation = 'over'
      if (wasWaiting) go()
    }),
  )
  const end: Stop = () => {
    situation = 'over'
    ask(() => letGo?.())
  }
  if (!letGo) return null
  if (situation === 'asking') {
    situation = 'waiting'
    return end
  }
  end()
  return null
}

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

/** One refresh of a page: many reasons, one run at a time. */
export interface Refresher {
  /**
   * There is a reason. Runs at random within `spreadMs`, once for all reasons until then. A hidden page waits until it is looked at,
   * one that `hold` holds back until it says go;
   * behind a closed gate it waits until that opens, and from there as long again, at random, for the gates of all pages open at once.
   */
  readonly want: (spreadMs?: number) => void
  /**
   * Runs at once what is wanted, whatever it waits for, and resolves when it has run, was passed over, or was dropped. Rejects with
   * `refresh-failed`.
   */
  readonly flush: () => Promise<void>
  /** True when nothing is wanted or running, and the last run neither failed nor was passed over. */
  readonly isDone: () => boolean
  readonly isRunning: () => boolean
  /** Drops what is wanted, aborts what runs. `want` may follow. */
  readonly reset: Stop
}

/** What a refresher is made of. */
export interface RefresherParts {
  readonly environment: Environment
  readonly refresh: Refresh
  readonly options: RefreshOptions
  /** The newest place told, as `epoch:seq`. */
  readonly cursor: () => string | null
  /** Closed while nothing works: then only `flush` runs anything. */
  readonly gate: Gate
  /** Asked before each run. False: this one is passed over, and the next reason, or `flush`, asks anew. Must not throw. */
  readonly mayRun: () => boolean
  /** A run succeeded, and nothing more is wanted. */
  readonly done: () => void
  readonly report: (error: CartEchoError) => void
}

/** What is to run: how often it was tried, and how widely it is spread. */
interface Due {
  readonly attempt: number
  readonly spreadMs: number
}

type Situation =
  | { readonly name: 'rest'; readonly isDone: boolean }
  | { readonly name: 'waiting'; readonly wait: Wait }
  | { readonly name: 'asking' }
  | { readonly name: 'running'; readonly abort: Abort; readonly run: Promise<void>; again: { spreadMs: number } | null }

type Running = Situation & { name: 'running' }

/** A refresher at rest. */
export const createRefresher = (parts: RefresherParts): Refresher => {
  const { environment, options, report } = parts
  const { spreadMs: ownSpreadMs = SPREAD_MS } = options
  let now: Situation = { name: 'rest', isDone: true }

  const become = (next: Situation): void => {
    if (now.name === 'waiting') now.wait.stop()
    now = next
  }

  const plan = (inMs: number, due: Due): void =>
    become({ name: 'waiting', wait: whenDue(parts, inMs, due.spreadMs, () => void start(due)) })

  const start = (due: Due): Promise<void> => {
    const asking: Situation = { name: 'asking' }
    become(asking)
    const mayRun = parts.mayRun()
    // Whoever was asked may have put us back.
    if (now === asking && mayRun) return begin(due)
    if (now === asking) become({ name: 'rest', isDone: false })
    return Promise.resolve()
  }

  const begin = (due: Due): Promise<void> => {
    const abort = createAbort()
    const running: Running = { name: 'running', abort, run: run(parts, abort), again: null }
    become(running)
    const whenMine = (next: () => void): void => {
      if (now === running) next()
    }
    running.run.then(
      () => whenMine(() => succeed(running)),
      (cause) => whenMine(() => fail(due, running, cause)),
    )
    return running.run
  }

  const succeed = ({ again }: Running): void => {
    become({ name: 'rest', isDone: true })
    if (again) want(again.spreadMs)
    else parts.done()
  }

  const fail = ({ attempt, spreadMs }: Due, { again }: Running, cause: unknown): void => {
    if (attempt === 0) report(refreshFailed(cause))
    become({ name: 'rest', isDone: false })
    const next = { attempt: attempt + 1, spreadMs }
    if (next.attempt < MOST_ATTEMPTS) plan(backOffMs(REFRESH_FAILED, attempt, environment.random()), next)
    else if (again) want(again.spreadMs)
  }

  const want = (spreadMs = ownSpreadMs): void => {
    const due = { attempt: 0, spreadMs }
    if (now.name === 'running' && (!now.again || spreadMs === 0)) now.again = { spreadMs }
    else if (now.name === 'rest') plan(spreadInMs(environment, spreadMs), due)
    // Not for a crowd: the shopper's own doing in another tab does not wait for what an admin did.
    else if (now.name === 'waiting' && now.wait.isTimed() && spreadMs === 0) plan(0, due)
  }

  const flush = async (): Promise<void> => {
    try {
      if (now.name === 'running') await now.run
      // Whoever else waited for that may have begun the next already. One that was given up is tried anew, and whoever is
      // being asked would wait for itself.
      if (now.name === 'asking' || (now.name === 'rest' && now.isDone)) return
      await (now.name === 'running' ? now.run : start({ attempt: 0, spreadMs: ownSpreadMs }))
    } catch (cause) {
      throw refreshFailed(cause)
    }
  }

  return {
    want,
    flush,
    isDone: () => now.name === 'rest' && now.isDone,
    isRunning: () => now.name === 'running',
    reset: () => {
      if (now.name === 'running') now.abort.abort()
      become({ name: 'rest', isDone: true })
    },
  }
}

/** What one run needs. */
type RunParts = Pick<RefresherParts, 'environment' | 'refresh' | 'cursor'>

/**
 * Runs a refresh once. Resolves when it has ended, or was aborted: one that was dropped may never end. Rejects with what it threw; also
 * when it has not ended within 30 s, for one that never ends would be the last, such as one that awaits `refresh()` or `check()`, which
 * wait for it.
 */
const run = (parts: RunParts, abort: Abort): Promise<void> =>
  new Promise((resolve, reject) => {
    const stopTimer = parts.environment.schedule(RUN_WITHIN_MS, () => {
      reject(new Error(`It did not end within ${RUN_WITHIN_MS / 1_000} s.`))
      abort.abort()
    })
    const end = (settle: () => void): void => {
      stopTimer()
      settle()
    }
    abort.signal.addEventListener('abort', () => end(resolve))
    readOnceOrTwice(parts, abort).then(
      () => end(resolve),
      (cause) => end(() => reject(cause)),
    )
  })

/** The error of a refresh that failed. */
const refreshFailed = (cause: unknown): CartEchoError =>
  new CartEchoError('refresh-failed', `The cart could not be read anew: ${wordsOf(cause)}`, { cause })

const readOnceOrTwice = async ({ refresh, cursor }: RunParts, { signal }: Abort): Promise<void> => {
  const read = () => refresh({ cursor: cursor(), signal })
  // A microtask later: whoever begins a run holds it first.
  await null
  const rendered = await read()
  // A replica may have lagged: read once more, not for ever.
  if (!signal.aborted && isOlder(rendered, cursor())) await read()
}

const isOlder = (rendered: unknown, newest: string | null): boolean => {
  const [theirs, ours] = [parseCursor(rendered), parseCursor(newest)]
  return theirs !== null && theirs.epoch === ours?.epoch && theirs.seq < ours.seq
}

/** The waiting of a refresh until it may run by itself. */
interface Wait {
  /** True until its time has come; after that it waits for somebody, not for a time. */
  readonly isTimed: () => boolean
  readonly stop: Stop
}

/** What waiting needs. */
type WaitParts = Pick<RefresherParts, 'environment' | 'options' | 'gate' | 'report'>

/** Some time within the spread, at random, 300 s at most. */
const spreadInMs = (environment: Environment, spreadMs: number): number =>
  environment.random() * Math.min(spreadMs, LONGEST_SPREAD_MS)

/**
 * Waits until the burst has settled and `inMs` have passed, then until somebody looks at the page, the gate is open, and nothing holds
 * it back: then says go. From the opening of the gate it waits for a time again, within `spreadMs`.
 */
const whenDue = (parts: WaitParts, inMs: number, spreadMs: number, go: () => void): Wait => {
  const { environment, options, gate, report } = parts
  let isTimed = true
  let isOver = false
  let stopWaiting: Stop = () => undefined

  const wait = (timed: boolean, stop: Stop): void => {
    stopWaiting()
    stopWaiting = stop
    isTimed = timed
  }

  const pass = (ms: number): void => wait(true, environment.schedule((options.settleMs ?? SETTLE_MS) + ms, fallDue))

  const fallDue = (): void => {
    if (!environment.isVisible()) wait(false, whenLookedAt(environment, fallDue))
    else if (!gate.isOpen())
      wait(
        false,
        gate.whenOpen(() => pass(spreadInMs(environment, spreadMs))),
      )
    else if (!isHeldBack()) go()
  }

  const isHeldBack = (): boolean => {
    const letGo = options.hold ? askHold(options.hold, fallDue, report) : null
    // Whoever was asked may have ended this.
    if (isOver) letGo?.()
    else if (letGo) wait(false, letGo)
    return isOver || letGo !== null
  }

  pass(inMs)
  return {
    isTimed: () => isTimed,
    stop: () => {
      isOver = true
      stopWaiting()
    },
  }
}

const whenLookedAt = (environment: Environment, lookedAt: () => void): Stop =>
  environment.watchPage((signal) => {
    if (signal === 'visible') lookedAt()
  })
