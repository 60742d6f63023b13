import { type Connection, type ConnectionFact, moveConnection, notStarted } from './connection'
import { createEmitter, createGuard, type OnError } from './emitter'
import type { Environment, Stop } from './environment'
import { CartEchoError } from './errors'
import type { CartEventMap, CartEventName, Change, ChangeMeta } from './events'
import type { Effect } from './inbox'
import { type Listening, unknownEvent } from './listening'
import { dismissed, markStale, type News, noNews, withChange } from './news'
import { newMemory, openSession, renderedWhileClosed, type Session } from './session'
import { isSameShopper, type PageWord, readShopper, type Shopper } from './shopper'
import { createSource, type Source } from './source'
import type { Transport } from './transport'

/** Hears one change: the payload as the server sent it, and how it came. */
export type ChangeListener<Name extends CartEventName> = (change: CartEventMap[Name], meta: ChangeMeta<Name>) => void

/** How a listener is added. */
export interface ListenOptions {
  /** True: it first hears what is unread, oldest first, before `on` returns. Default false. */
  replay?: boolean | undefined
}

/** A page's ear for its cart. None of its methods needs `this`. */
export interface CartEcho {
  /**
   * Calls the listener for every change of that name, each change once. What it throws goes to `onError` and stops nobody
   * else. Returns a function that removes it; calling it again does nothing.
   * @throws {CartEchoError} `invalid-event` when the event is not in `events`: the listener would never be called.
   */
  readonly on: <Name extends CartEventName>(name: Name, listener: ChangeListener<Name>, options?: ListenOptions) => Stop
  /**
   * Starts listening; until the first call nothing is opened and no global is touched. Counted: it ends when each start's
   * release was called. Starting again also ends a refusal and tries anew.
   */
  readonly start: () => Stop
  /** Ends listening at once, whoever started it. Not the end: `start()` goes on where it left off, listeners stay. */
  readonly stop: () => void
  /**
   * Says who is looking now: after log-in, after log-out (`{ user: null }`), and whenever the page was rendered anew
   * (`identify(readPage())`). For another customer all news are wiped, and nothing that was under way is heard any more.
   * @throws {CartEchoError} `invalid-user` or `invalid-cursor`.
   */
  readonly identify: (word: PageWord) => void
  /** How the page is fed, and why so. */
  readonly connection: Source<Connection>
  /** What the shopper may not know yet. */
  readonly news: Source<News>
  /** Marks all news as read. */
  readonly dismiss: () => void
}

/** What a client is made of. */
export interface ClientOptions {
  readonly environment: Environment
  /** The events the page listens to, and the cart instance. */
  readonly listening: Listening
  /** The transport of one customer, made anew for each. */
  readonly transport: (user: string) => Transport
  readonly onError: OnError
  /** Gets each change after the listeners, for another way out of the SDK, such as DOM events. */
  readonly announce?: ((change: Change) => void) | undefined
  /** Runs when listening starts; what it returns runs when listening stops. */
  readonly whileStarted?: (() => Stop) | undefined
  readonly word?: PageWord | undefined
}

/**
 * Composes link, inbox, emitter, news and connection.
 * @throws {CartEchoError} `invalid-user` or `invalid-cursor`.
 */
export const createClient = (options: ClientOptions): CartEcho => {
  const { environment, listening } = options
  const report = neverThrowing(options.onError)
  const guard = createGuard(report)
  const emitter = createEmitter<Record<string, [unknown, ChangeMeta]>>(guard)
  const connection = createSource<Connection>('connection', notStarted(environment.nowMs()), guard)
  const news = createSource<News>('news', noNews, guard)
  const holders = new Set<symbol>()
  let shopper = readShopper(options.word ?? {})
  let memory = newMemory(shopper)
  let session: Session | null = null
  let leave: Stop = () => undefined

  const move = (fact: ConnectionFact): void => {
    const before = connection.get()
    const after = moveConnection(before, fact, environment.nowMs())
    if (after === before) return
    connection.set(after)
    if (fact.name === 'refused' || fact.name === 'delayed') report(fact.error)
  }

  const tell = (change: Change): void => {
    news.set(withChange(news.get(), change))
    emitter.emit(change.meta.event, change.change, change.meta)
    guard('announce', () => options.announce?.(change))
  }

  const heed = (effect: Exclude<Effect, { name: 'ask' }>): void => {
    switch (effect.name) {
      case 'tell':
        return tell(effect.change)
      case 'report':
        return report(effect.error)
      case 'stale':
        return news.set(markStale(news.get(), true))
      case 'fresh':
        return news.set(markStale(news.get(), false))
      case 'other-user':
        return refuseOtherUser()
    }
  }

  const refuseOtherUser = (): void => {
    close()
    forget()
    const error = new CartEchoError(
      'other-user',
      'The check answers for another customer than this page was rendered for. Reload the page, or call identify().',
    )
    move({ name: 'refused', because: 'other-user', error })
  }

  const forget = (): void => {
    memory = newMemory(shopper)
    news.set(noNews)
  }

  const open = (): void => {
    if (!environment.hasPage) return move({ name: 'idle', because: 'no-browser' })
    const conflict = shopper.problems.find(({ code }) => code === 'page-conflict')
    // The conflict is reported as the refusal it becomes.
    for (const problem of shopper.problems) if (problem !== conflict) report(problem)
    const { user } = shopper
    if (!shopper.enabled) return move({ name: 'idle', because: 'switched-off' })
    if (user === null && !conflict) return move({ name: 'idle', because: 'no-user' })
    move({ name: 'starting' })
    if (conflict) return move({ name: 'refused', because: 'page-conflict', error: conflict })
    if (user !== null) listenFor(user)
  }

  const listenFor = (user: string): void => {
    const transport: Transport = (sink) => options.transport(user)(sink)
    session = openSession({ environment, rules: listening, transport, memory, heed, state: move })
    session.begin()
  }

  const close = (): void => {
    session?.stop()
    session = null
  }

  const reopen = (): void => {
    close()
    open()
  }

  const stop = (): void => {
    if (holders.size === 0) return
    holders.clear()
    close()
    move({ name: 'idle', because: 'not-started' })
    leave()
  }

  const start = (): Stop => {
    const holder = Symbol('start')
    holders.add(holder)
    if (holders.size === 1) {
      leave = options.whileStarted?.() ?? (() => undefined)
      open()
    } else if (connection.get().name === 'refused') {
      reopen()
    }
    return () => {
      if (holders.has(holder) && holders.size === 1) stop()
      holders.delete(holder)
    }
  }

  const identify = (word: PageWord): void => {
    const before = shopper
    shopper = readShopper(word)
    if (!isSameShopper(before, shopper)) {
      close()
      forget()
    } else {
      renderedAgain(before)
    }
    if (holders.size > 0 && (session === null || connection.get().name === 'refused')) reopen()
  }

  const renderedAgain = (before: Shopper): void => {
    shopper = { ...shopper, owner: shopper.owner ?? before.owner }
    memory.inbox = { ...memory.inbox, owner: memory.inbox.owner ?? shopper.owner }
    if (!shopper.enabled) close()
    if (!shopper.cursor) return
    if (session) session.rendered(shopper.cursor)
    else renderedWhileClosed(memory, shopper.cursor, listening, environment.nowMs())
  }

  return {
    on: (name, listener, { replay = false } = {}) => {
      if (!listening.events.has(name)) throw unknownEvent(name)
      if (replay) replayTo(name, listener as ChangeListener<CartEventName>)
      return emitter.on(name, listener as (change: unknown, meta: ChangeMeta) => void)
    },
    start,
    stop,
    identify,
    connection: { get: connection.get, subscribe: connection.subscribe },
    news: { get: news.get, subscribe: news.subscribe },
    dismiss: () => news.set(dismissed(news.get())),
  }

  function replayTo(name: string, listener: ChangeListener<CartEventName>): void {
    for (const { change, meta } of news.get().unread) {
      if (meta.event === name) guard(name, () => listener(change as never, meta as never))
    }
  }
}

// An onError that throws has nowhere left to be reported to.
const neverThrowing =
  (onError: OnError): OnError =>
  (error) => {
    try {
      onError(error)
    } catch {}
  }
