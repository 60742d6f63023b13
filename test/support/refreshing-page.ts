import { createGuard, createSource, type Source } from '../../src/engine/emitter'
import type { CartEchoError } from '../../src/engine/errors'
import { type News, noNews } from '../../src/engine/news'
import { createRefreshing, type Refresh, type RefreshOptions, type RefreshRequest } from '../../src/engine/refresh'
import { type Connection, notStarted } from '../../src/engine/state'
import { type FakeEnvironment, fakeEnvironment } from './fake-environment'

const LIVE: Connection = { name: 'live', reason: 'subscribed', sinceMs: 0 }

/** One run of a refresh, and the ways to end it. */
export interface Run {
  readonly request: RefreshRequest
  readonly atMs: number
  readonly succeed: (rendered?: unknown) => Promise<void>
  readonly fail: (cause?: unknown) => Promise<void>
}

export const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

/** A page without a refresh; `add` adds one whose runs end when the test says so, unless it brings its own. */
export const refreshingPage = (
  options: { environment?: FakeEnvironment; cursor?: () => string | null; mayRun?: () => boolean } = {},
) => {
  const { environment = fakeEnvironment(), cursor = () => 'e1:1', mayRun = () => true } = options
  const errors: CartEchoError[] = []
  const report = (error: CartEchoError) => errors.push(error)
  const connection = createSource<Connection>('connection', LIVE, createGuard(report))
  const waiting = new Set<object>()
  const counted: Source<Connection> = {
    ...connection,
    subscribe: (listener) => {
      const stop = connection.subscribe(listener)
      const one = {}
      waiting.add(one)
      return () => {
        waiting.delete(one)
        stop()
      }
    },
  }
  let done = 0
  const news = createSource<News>('news', noNews, createGuard(report))
  const refreshing = createRefreshing({
    environment,
    connection: counted,
    news,
    cursor,
    mayRun,
    done: () => {
      done += 1
    },
    report,
    trace: () => undefined,
  })
  const beganAtMs = environment.nowMs()

  const add = (spacing: RefreshOptions = {}, refresh?: Refresh) => {
    const runs: Run[] = []
    const inHand: Refresh = (request) =>
      new Promise((resolve, reject) => {
        const ending =
          <Value>(end: (value: Value) => void) =>
          (value: Value) => {
            end(value)
            return turn()
          }
        runs.push({
          request,
          atMs: environment.nowMs() - beganAtMs,
          succeed: ending(resolve),
          fail: (cause = new Error('the cart is away')) => ending(reject)(cause),
        })
      })
    return { runs, remove: refreshing.add(refresh ?? inHand, spacing) }
  }

  return {
    ...refreshing,
    add,
    environment,
    errors,
    news,
    done: () => done,
    pass: (ms: number) => environment.advanceTurnByTurn(ms),
    /** Timers, and who listens to the page or the connection. */
    left: () => [environment.pending(), environment.watching() + waiting.size],
    server: {
      goAway: () => connection.set({ name: 'waiting', reason: 'socket-lost', sinceMs: 0, error: null }),
      comeBack: () => connection.set(LIVE),
      stop: () => connection.set(notStarted(0)),
    },
  }
}
