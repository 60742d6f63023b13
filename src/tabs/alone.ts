import { backOffMs, CODE_NOT_LOADED } from '../engine/backoff'
import { createAlarm } from '../engine/clock'
import type { Bus, LockRequest, Stop, TabPorts } from '../engine/environment'
import { CartEchoError, wordsOf } from '../engine/errors'
import { attempt } from '../engine/shape'
import type { AskCheck } from '../engine/sync'
import { gone, type Link, type Query, type Reply, type Sink, stopLink, type Transport } from '../engine/transport'
import type { Message, Unsigned } from './bus'
import { createFeed, type Feed, type FeedOptions, type PendingAsk } from './feed'

/** What the tabs of a shopper share. */
export interface TabsOptions extends FeedOptions {
  /** Null where the browser has none: then this tab feeds itself. */
  readonly ports: TabPorts | null
  /** Tabs of the same name share; whoever may not hear each other's news must not have it in common. */
  readonly name: string
  /** True when the links of `open` can be asked. */
  readonly canAsk: boolean
  /**
   * Has this tab ask the check for itself. That the log begins anew or is another customer's is then not believed on another
   * tab's word: any script of the origin may speak on the bus. Default: it is.
   */
  readonly confirmBy?: AskCheck | undefined
  /** Fetches what several tabs need: `tabs/tabs`. */
  readonly load: LoadTabs
}

/** Fetches the code that a tab needs once another is there. */
export type LoadTabs = () => Promise<{ readonly joinTabs: (alone: Alone) => Together }>

/** A tab that was alone so far, as it is handed over. */
export interface Alone {
  readonly options: TabsOptions
  readonly ports: TabPorts
  readonly sink: Sink
  /** Its name on the bus. */
  readonly self: string
  readonly bus: Bus
  /** Its asks that no answer came to yet, by their ids. */
  readonly pending: Map<string, PendingAsk>
  /** What it asked last; null: nothing yet. */
  readonly last: Query | null
  /** What feeds it; null where the lock is somebody else's. */
  readonly feed: Feed | null
  /** Another one, not open yet. */
  readonly newFeed: () => Feed
  /** Ends something. What it throws, as the page's own Echo may, is reported. */
  readonly end: (stop: Stop) => void
  /** False for one that feeds itself though it has not the lock. */
  readonly hasLock: boolean
  /** Gives back the lock, or its place in the queue. */
  readonly leave: Stop
}

/** A tab that knows how to share. The answers about the lock are those to the request that was made while it was alone. */
export interface Together extends Omit<LockRequest, 'steal'> {
  /** Takes a message of another tab, unread. */
  readonly hear: (message: unknown) => void
  readonly ask: (own: PendingAsk) => void
  readonly stop: Stop
}

/** Whoever has the lock answers at once, unless it hangs. */
const LOCKED_OUT_AFTER_MS = 1_000
/** How long others wait for code that is on its way here. */
const LOADED_WITHIN_MS = 5_000
/** What was heard meanwhile: the newest are enough to know who leads, and that something was missed. */
const MOST_HEARD = 100

/**
 * One transport for all tabs of a shopper. Whoever gets the lock opens it, and is fed by it as if there were no tabs. What it
 * takes to share is fetched when another tab is heard, or has the lock: then the one with the lock leads, and opens nothing
 * anew; the others follow. While its code is on its way, a tab with the lock says that it is there. Where that does not come
 * soon, it gives the lock back and feeds itself; where it cannot be fetched it says so, once, and tries again, later each
 * time. Never throws.
 */
export const tabs =
  (options: TabsOptions): Transport =>
  (sink) =>
    (options.ports && beAlone(options, options.ports, sink)) ?? options.open(options.environment)(sink)

const beAlone = (options: TabsOptions, ports: TabPorts, sink: Sink): Link | null => {
  const { environment, name, canAsk, load } = options
  const self = environment.random().toString(36)
  const pending = new Map<string, PendingAsk>()
  const heard: unknown[] = []
  const newFeed = (): Feed => createFeed(options, sink)
  const feed = newFeed()
  // For the lock, for the code, or for another try to fetch it.
  const alarm = createAlarm(environment)
  let together: Together | null = null
  let asked = 0
  let last: Query | null = null
  let hasLock = false
  let isLoading = false
  let failures = 0
  let isOver = false

  const bus = attempt(() => ports.openBus(name, (message) => hear(message)))
  if (!bus) return null

  const post = (message: Unsigned<Message>): void => {
    attempt(() => bus.post({ ...message, from: self }))
  }

  // Others learn how this tab is fed once it knows how to share.
  const here = (): void => {
    const nowMs = environment.nowMs()
    const connection = { name: 'connecting', reason: 'loading', sinceMs: nowMs } as const
    const isVisible = environment.isVisible()
    post({ name: 'here', term: FIRST_TERM, n: feed.status().n, isVisible, connection, nextTryAtMs: null })
  }

  const hear = (message: unknown): void => {
    if (isOver) return
    if (together) return together.hear(message)
    heard.push(message)
    if (heard.length > MOST_HEARD) heard.shift()
    if (!isLoading && failures === 0) fetchCode()
    // Unanswered, it would take the lock.
    if (hasLock && Object(message).name === 'hello') here()
  }

  const fetchCode = (): void => {
    isLoading = true
    alarm.set(LOADED_WITHIN_MS, standAlone)
    load().then(arrive, fail)
  }

  const fail = (cause: unknown): void => {
    if (isOver) return
    isLoading = false
    failures += 1
    alarm.set(backOffMs(CODE_NOT_LOADED, failures - 1, environment.random()), fetchCode)
    standAlone()
    if (failures > 1) return
    sink.report(new CartEchoError('not-loaded', `Tabs share nothing yet: ${wordsOf(cause)}`, { cause }))
  }

  // Others must not wait for a tab that cannot share, nor this one for others.
  const standAlone = (): void => {
    hasLock = false
    leave()
    begin()
  }

  const begin = (): void => {
    if (!isOver && feed.begin()) for (const own of [...pending.values()]) feed.ask(own)
  }

  const arrive = ({ joinTabs }: Awaited<ReturnType<LoadTabs>>): void => {
    if (isOver) return
    alarm.stop()
    const joined = joinTabs({
      ...{ options, ports, sink, self, bus, pending, last, hasLock, leave, newFeed },
      feed: feed.hasBegun() ? feed : null,
      end: (stop) => stopLink(stop, sink.report),
    })
    together = joined
    // Whoever heard of trouble meanwhile may have stopped us.
    if (isOver) return joined.stop()
    for (const message of heard.splice(0)) if (!isOver) joined.hear(message)
  }

  const alone: Omit<LockRequest, 'steal'> = {
    granted: () => {
      if (!isLoading) alarm.stop()
      hasLock = true
      begin()
      // Whoever followed another so far says hello to this one.
      if (!isOver) here()
    },
    // Goes on until it can follow whoever stole it.
    lost: () => {
      hasLock = false
      if (!isLoading && failures === 0) fetchCode()
    },
    refused: () => alone.granted(),
  }

  const leave = ports.lock(name, {
    steal: false,
    granted: () => (together ?? alone).granted(),
    lost: () => (together ?? alone).lost(),
    refused: () => (together ?? alone).refused(),
  })
  alarm.set(LOCKED_OUT_AFTER_MS, fetchCode)
  post({ name: 'hello', isVisible: environment.isVisible(), look: null, leader: null })

  const ask = (query: Query): Promise<Reply> => {
    asked += 1
    last = query
    return new Promise((resolve) => {
      const id = `${self}:${asked}`
      const end = (reply: Reply): void => {
        pending.delete(id)
        resolve(reply)
      }
      const own = { id, query, resolve: end, sentAtMs: environment.nowMs() }
      pending.set(id, own)
      ;(together ?? feed).ask(own)
    })
  }

  return {
    ...(canAsk ? { ask } : {}),
    tell: (note) => post({ name: 'note', note }),
    stop: () => {
      if (isOver) return
      post({ name: 'bye' })
      isOver = true
      alarm.stop()
      try {
        ;(together ?? feed).stop()
      } finally {
        // Otherwise nobody else could lead.
        leave()
        bus.close()
        for (const { resolve } of [...pending.values()]) resolve(gone())
      }
    },
  }
}

/** The term of a tab that knows of none before. */
const FIRST_TERM = 1
