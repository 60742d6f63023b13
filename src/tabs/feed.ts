import type { Answer, LoggedEvent } from '../engine/answer'
import type { Audience, Environment, PageSignal, Stop } from '../engine/environment'
import { askThrew, moveConnection, nextTryAfter, notStarted } from '../engine/state'
import { type Link, noCheck, type Query, type Reply, type Sink, startLink, type Transport } from '../engine/transport'

/** An ask of this tab that no answer came to yet. */
export interface PendingAsk {
  readonly id: string
  readonly query: Query
  readonly resolve: (reply: Reply) => void
  /** When it was sent to a leader last. */
  sentAtMs: number
}

/** A request that is under way, and when it began. */
export interface Requested {
  readonly own: PendingAsk
  readonly asOfMs: number
  readonly reply: Promise<Reply>
}

/**
 * What became of the shopper's log, for tabs that come later: a broadcast, a request that began, what the check answered to
 * it; null: something may be missing.
 */
export type Move = LoggedEvent | Requested | { readonly to: Requested; readonly answer: Answer } | null

/** As many moves are kept at most; then the oldest half is forgotten. */
const MOST_MOVES = 240
const ASK_AGAIN_MS = 5_000

/** What a feed is made of. */
export interface FeedOptions {
  readonly environment: Environment
  /** Makes what feeds the tabs, for whoever looks at any of them. */
  readonly open: (audience: Audience) => Transport
  /** A broadcast as nobody else has it; null for one that no tab can read: the log has it whole, so it is asked for. */
  readonly keep: (event: string, payload: unknown) => LoggedEvent | null
}

/** What feeds this tab, or all of the shopper's: not open yet. */
export const createFeed = ({ environment, open, keep }: FeedOptions, page: Sink) => {
  const watchers = new Set<{ readonly hear: (signal: PageSignal) => void; stop: Stop }>()
  let sink = page
  let looking: Audience = environment
  let connection = notStarted(environment.nowMs())
  let nextTryAtMs: number | null = null
  let delivered = 0
  let moves: Move[] | null = []
  let underWay: Requested | null = null
  let hasBegun = false
  let isOver = false
  let link: Link | null = null

  const audience: Audience = {
    isVisible: () => looking.isVisible(),
    watchPage: (hear) => {
      const watcher = { hear, stop: looking.watchPage(hear) }
      watchers.add(watcher)
      return () => {
        watchers.delete(watcher)
        watcher.stop()
      }
    },
  }

  const note = (move: Move): void => {
    if (moves && moves.push(move) > MOST_MOVES) moves.splice(0, MOST_MOVES / 2)
  }

  const fed: Sink = {
    ...page,
    deliver: (event, payload) => {
      delivered += 1
      if (moves) note(keep(event, payload))
      sink.deliver(event, payload)
    },
    resync: (withinMs, onlyOwned) => {
      note(null)
      sink.resync(withinMs, onlyOwned)
    },
    state: (fact) => {
      connection = moveConnection(connection, fact, environment.nowMs())
      nextTryAtMs = nextTryAfter(connection, fact)
      sink.state(fact)
    },
  }

  // The sync never rejects; another transport may.
  const request = (query: Query): Promise<Reply> =>
    (link?.ask?.(query) ?? Promise.resolve(noCheck())).catch((cause) => {
      return { name: 'unanswered', next: ASK_AGAIN_MS, error: askThrew(cause) }
    })

  const begin = (): void => {
    hasBegun = true
    fed.state({ name: 'starting' })
    if (isOver) return
    // If it threw, the lock would be given back and taken again without end.
    const opened = startLink((sink) => open(audience)(sink), fed)
    // It may have delivered at once, and a listener may have stopped the page.
    if (isOver) opened.stop()
    else link = opened
  }

  return {
    /** Opens it; true, unless it was opened before. */
    begin: (): boolean => {
      if (hasBegun) return false
      begin()
      return true
    },
    /** True once it was to be opened. */
    hasBegun: (): boolean => hasBegun,
    /** True when it can be asked: not while it is being opened. */
    isOpen: (): boolean => link !== null,
    /** How it does, and how many deliveries it has made. */
    status: () => ({ n: delivered, connection, nextTryAtMs }),
    /** Asks the check. Never rejects. */
    request,
    /** Asks for this tab, and answers it. Nothing while it is being opened. */
    ask: (own: PendingAsk): void => {
      if (!link) return
      const mine: Requested = { own, asOfMs: environment.nowMs(), reply: request(own.query) }
      underWay = mine
      note(mine)
      mine.reply.then((reply) => {
        underWay = null
        if (reply.name === 'log') note({ to: mine, answer: reply.answer })
        // The ask had a reason, and it is still open.
        if (reply.name === 'unanswered') note(null)
        // Whoever goes on with this feed has the reply, too.
        if (moves) own.resolve(reply)
      })
    },
    /** Has somebody else go on with it: it feeds another sink, for another audience. Gives what that one has to know. */
    handTo: (next: Sink, others: Audience) => {
      const known = { moves: moves ?? [], underWay }
      moves = null
      sink = next
      looking = others
      for (const watcher of watchers) {
        watcher.stop()
        watcher.stop = others.watchPage(watcher.hear)
      }
      return known
    },
    /** Ends it. Throws what the transport throws. */
    stop: (): void => {
      isOver = true
      for (const { stop } of watchers) stop()
      link?.stop()
    },
  }
}

/** What feeds a tab. */
export type Feed = ReturnType<typeof createFeed>
