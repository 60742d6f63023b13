import { type Abort, createAbort, type Signal } from './abort'
import { type BackOff, fullJitterMs } from './backoff'
import { parseCursor } from './cursor'
import type { Environment, Stop } from './environment'
import { CartEchoError, wordsOf } from './errors'

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
 * or `check()`: they wait for it.
 */
export type Refresh = (request: RefreshRequest) => unknown

/** How refreshes are spaced. */
export interface RefreshOptions {
  /** How long to wait for the rest of a burst. Default 250 ms. */
  settleMs?: number | undefined
  /** Over how long the pages of a shop spread a refresh that the server gave no `spread_ms` for. Default 2,000 ms. */
  spreadMs?: number | undefined
}

/** One refresh of a page: many reasons, one run at a time. */
export interface Refresher {
  /** There is a reason. Runs at random within `spreadMs`, once for all reasons until then; a hidden page waits until it is looked at. */
  readonly want: (spreadMs?: number) => void
  /** Runs at once what is wanted, and resolves when it has run. Rejects with `refresh-failed`. */
  readonly flush: () => Promise<void>
  /** True when nothing is wanted or running, and the last run did not fail. */
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
  /** A run succeeded, and nothing more is wanted. */
  readonly done: () => void
  readonly report: (error: CartEchoError) => void
}

const SETTLE_MS = 250
const SPREAD_MS = 2_000
const LONGEST_SPREAD_MS = 300_000
const MOST_ATTEMPTS = 5
const RUN_WITHIN_MS = 30_000
const RETRY: BackOff = { baseMs: 2_000, capMs: 30_000 }

type Situation =
  | { readonly name: 'rest'; readonly failed: boolean }
  | { readonly name: 'due'; readonly attempt: number; readonly stopTimer: Stop }
  /** Due, but nobody looks. */
  | { readonly name: 'owed'; readonly attempt: number; readonly stopWatching: Stop }
  | { readonly name: 'running'; readonly abort: Abort; readonly run: Promise<void>; again: { spreadMs: number } | null }

/** A refresher at rest. */
export const createRefresher = (parts: RefresherParts): Refresher => {
  const { environment, refresh, options, report } = parts
  const { settleMs = SETTLE_MS, spreadMs: ownSpreadMs = SPREAD_MS } = options
  let now: Situation = { name: 'rest', failed: false }

  const plan = (inMs: number, attempt: number): void => {
    now = { name: 'due', attempt, stopTimer: environment.schedule(inMs, () => fallDue(attempt)) }
  }

  const fallDue = (attempt: number): void => {
    if (environment.isVisible()) return void start(attempt)
    const stopWatching = environment.watchPage((signal) => {
      if (signal === 'visible') void start(attempt)
    })
    now = { name: 'owed', attempt, stopWatching }
  }

  const start = (attempt: number): Promise<void> => {
    quiet(now)
    const abort = createAbort()
    const run = withinLimit(environment, abort, () => runTwice(refresh, parts.cursor, abort.signal))
    const running: Situation = { name: 'running', abort, run, again: null }
    now = running
    const whenMine = (next: () => void): void => {
      if (now === running) next()
    }
    run.then(
      () => whenMine(() => succeed(running)),
      (cause) => whenMine(() => fail(attempt, running, cause)),
    )
    return run
  }

  const succeed = ({ again }: Situation & { name: 'running' }): void => {
    now = { name: 'rest', failed: false }
    if (again) want(again.spreadMs)
    else parts.done()
  }

  const fail = (attempt: number, { again }: Situation & { name: 'running' }, cause: unknown): void => {
    if (attempt === 0) report(refreshFailed(cause))
    now = { name: 'rest', failed: true }
    if (attempt + 1 < MOST_ATTEMPTS) plan(settleMs + fullJitterMs(RETRY, attempt, environment.random()), attempt + 1)
    else if (again) want(again.spreadMs)
  }

  const want = (spreadMs = ownSpreadMs): void => {
    if (now.name === 'running') now.again ??= { spreadMs }
    if (now.name === 'rest') plan(settleMs + environment.random() * Math.min(spreadMs, LONGEST_SPREAD_MS), 0)
  }

  const flush = async (): Promise<void> => {
    try {
      if (now.name === 'running') await now.run
      // Whoever else waited for that may have begun the next already. One that was given up is tried anew.
      if (now.name !== 'rest' || now.failed) await (now.name === 'running' ? now.run : start(0))
    } catch (cause) {
      throw refreshFailed(cause)
    }
  }

  return {
    want,
    flush,
    isDone: () => now.name === 'rest' && !now.failed,
    isRunning: () => now.name === 'running',
    reset: () => {
      quiet(now)
      if (now.name === 'running') now.abort.abort()
      now = { name: 'rest', failed: false }
    },
  }
}

/** One that never ends would be the last: also one that awaits `refresh()` or `check()`, which wait for it. */
const withinLimit = (environment: Environment, abort: Abort, read: () => Promise<void>): Promise<void> =>
  new Promise((resolve, reject) => {
    const stopTimer = environment.schedule(RUN_WITHIN_MS, () => {
      abort.abort()
      reject(new Error(`It did not end within ${RUN_WITHIN_MS / 1_000} s.`))
    })
    abort.signal.addEventListener('abort', stopTimer)
    const end = (settle: () => void): void => {
      stopTimer()
      settle()
    }
    // A microtask later, so that what the page's own code throws at once is a rejection too.
    Promise.resolve()
      .then(read)
      .then(
        () => end(resolve),
        (cause) => end(() => reject(cause)),
      )
  })

const quiet = (situation: Situation): void => {
  if (situation.name === 'due') situation.stopTimer()
  if (situation.name === 'owed') situation.stopWatching()
}

// A replica may have lagged: read once more, not for ever.
const runTwice = async (refresh: Refresh, cursor: () => string | null, signal: Signal): Promise<void> => {
  const rendered = await refresh({ cursor: cursor(), signal })
  if (!signal.aborted && isOlder(rendered, cursor())) await refresh({ cursor: cursor(), signal })
}

const isOlder = (rendered: unknown, newest: string | null): boolean => {
  const [theirs, ours] = [parseCursor(rendered), parseCursor(newest)]
  return theirs !== null && ours !== null && theirs.epoch === ours.epoch && theirs.seq < ours.seq
}

const refreshFailed = (cause: unknown): CartEchoError =>
  new CartEchoError('refresh-failed', `The cart could not be read anew: ${wordsOf(cause)}`, { cause })
