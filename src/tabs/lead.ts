import { isYoung } from '../engine/clock'
import type { Audience, Environment, PageSignal } from '../engine/environment'
import type { Sink } from '../engine/transport'
import { isLater, type Message, type Post, type Term, termAfter } from './bus'
import type { Feed, FeedOptions } from './feed'
import type { Tab } from './follow'
import { type Ask, createRelay } from './relay'

const SHORTEST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000

/**
 * A leader that has not begun: the tab that feeds itself and the others. What feeds it may be open already, where it was alone so far; it is not
 * opened anew.
 */
export const lead = (tab: Tab, feed: Feed, keep: FeedOptions['keep']) => {
  const { environment, self, sink } = tab
  const others = createOthers(environment)
  let term = 0
  let told = feed.status()
  let overtookAtMs = Number.NEGATIVE_INFINITY
  let pauseMs = SHORTEST_PAUSE_MS
  let stopped = false

  // Every tab says hello when it begins to follow, and to each new leader: while none was heard, nothing is posted. One that
  // stands alone posts all the same: if the bus speaks after all, whoever hears it follows or answers.
  const postToOthers: Post = (message) => {
    if (others.areThere() || tab.isAlone) tab.post(message)
  }

  const beginTerm = (before: Term | null): void => {
    term = termAfter(before)
    tab.leader = { term, from: self }
  }

  const here = (): Parameters<Post>[0] => ({
    name: 'here',
    term,
    isVisible: environment.isVisible(),
    ...feed.status(),
  })

  const relay = createRelay({
    nowMs: () => environment.nowMs(),
    ask: feed.request,
    isHeldUp: ({ id }) => feed.status().connection.name === 'connecting' && !tab.pending.has(id),
    settle: (settled) => {
      postToOthers({ name: 'reply', term, n: feed.status().n, ...settled })
      tab.take(settled)
    },
  })

  const fed: Sink = {
    ...sink,
    deliver: (event, payload) => {
      relay.remember(keep(event, payload))
      postToOthers({ name: 'deliver', term, n: feed.status().n, event, payload })
      sink.deliver(event, payload)
    },
    resync: (withinMs, onlyOwned) => {
      relay.remember(null)
      sink.resync(withinMs, onlyOwned)
      relay.goOn()
    },
    state: (fact) => {
      const { connection, nextTryAtMs } = told
      told = feed.status()
      if (told.connection !== connection || told.nextTryAtMs !== nextTryAtMs) postToOthers(here())
      sink.state(fact)
      // A subscription is followed by a resync.
      const isDecided = connection.name === 'connecting' && told.connection.name !== 'connecting'
      if (isDecided && fact.name !== 'subscribed') relay.goOn()
    },
  }

  const hear = (message: Message): void => {
    const { name } = message
    if (name === 'hello' && message.leader && message.leader.from !== self) overtake(message.leader)
    if (name === 'hello' || name === 'ask') tab.post(here())
    others.hear(message)
    if (name === 'ask') relay.take(message)
  }

  // Two tabs that both lead must not overtake each other's terms without a pause.
  const overtake = (other: Term): void => {
    const nowMs = environment.nowMs()
    if (!isLater(other, { term, from: self }) || isYoung(overtookAtMs, nowMs, pauseMs)) return
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
    overtookAtMs = nowMs
    beginTerm(other)
  }

  const stopWatching = environment.watchPage((signal) => {
    if (signal === 'visible' || signal === 'hidden') postToOthers(here())
  })

  return {
    /** Opens what feeds the tabs, where nothing does yet, and says so. Apart from `lead`, so that whoever is told at once already has what to stop. */
    begin: (): void => {
      beginTerm(tab.leader)
      relay.goOnFrom(feed.handTo(fed, others.audience))
      const isNew = feed.begin()
      // A listener may have stopped the page.
      if (stopped) return
      // The followers of the leader before say hello to this one.
      tab.post(here())
      if (isNew) for (const own of [...tab.pending.values()]) relay.take(own)
    },
    hear,
    // What was asked while it was being opened is pending.
    ask: (own: Ask): void => {
      if (feed.isOpen()) relay.take(own)
    },
    stop: (): void => {
      stopped = true
      relay.close()
      others.stop()
      stopWatching()
      feed.stop()
    },
  }
}

/** A tab that is looked at says so once a minute; one that crashed does not any more. */
const BELIEVED_FOR_MS = 150_000
/** More tabs than anybody has: whoever speaks by ever new names must not fill the memory. */
export const MOST_OTHERS = 100

/** The shopper's other tabs, as a leader knows them, and who looks at any of them. */
export const createOthers = (environment: Environment) => {
  const listeners = new Set<(signal: PageSignal) => void>()
  // When each was last known to be looked at, the longest unheard first.
  const lookedAtMs = new Map<string, number>()
  let wasVisible = environment.isVisible()

  const isVisible = (): boolean =>
    environment.isVisible() ||
    [...lookedAtMs.values()].some((atMs) => isYoung(atMs, environment.nowMs(), BELIEVED_FOR_MS))

  // Emits the signal; without one, whether anybody looks, if that has changed.
  const emit = (signal: PageSignal | null): void => {
    const before = wasVisible
    wasVisible = isVisible()
    const change = wasVisible ? 'visible' : 'hidden'
    const emitted = signal ?? (wasVisible === before ? null : change)
    if (emitted) for (const listener of [...listeners]) if (listeners.has(listener)) listener(emitted)
  }

  const stop = environment.watchPage((signal) => {
    if (signal === 'tick') emit(null)
    emit(signal === 'hidden' ? null : signal)
  })

  return {
    /** All tabs as if they were one page: hidden when every one of them is. */
    audience: {
      isVisible,
      watchPage: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    } satisfies Audience,
    areThere: (): boolean => lookedAtMs.size > 0,
    hear: (message: Message): void => {
      const { name, from } = message
      const isLookedAt = name === 'hello' && message.isVisible
      const before = (name !== 'hello' && lookedAtMs.get(from)) || Number.NEGATIVE_INFINITY
      lookedAtMs.delete(from)
      if (name !== 'bye') lookedAtMs.set(from, isLookedAt ? environment.nowMs() : before)
      if (lookedAtMs.size > MOST_OTHERS) lookedAtMs.delete([...lookedAtMs.keys()][0] as string)
      emit(isLookedAt ? message.look : null)
    },
    stop,
  }
}
