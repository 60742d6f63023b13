import { isYoung } from '../engine/clock'
import type { Audience, Environment, PageSignal } from '../engine/environment'
import { copyOf } from '../engine/payload'
import { moveConnection, nextTryAfter, notStarted } from '../engine/state'
import { type Link, noCheck, type Sink, startLink } from '../engine/transport'
import { isLater, type Message, type Post, type Term, termAfter } from './bus'
import type { Tab } from './follow'
import { type Ask, createRelay } from './relay'
import type { TabsOptions } from './tabs'

const SHORTEST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000

/** A leader that has not begun: the tab that feeds itself and the others. */
export const lead = (tab: Tab, { open, isReadable = () => true }: Pick<TabsOptions, 'open' | 'isReadable'>) => {
  const { environment, self, sink } = tab
  const others = createOthers(environment)
  let term = 0
  let delivered = 0
  let connection = notStarted(environment.nowMs())
  let nextTryAtMs: number | null = null
  let link: Link | null = null
  let stopped = false
  let overtookAtMs = Number.NEGATIVE_INFINITY
  let pauseMs = SHORTEST_PAUSE_MS

  // Every tab says hello when it begins to follow, and to each new leader: while none was heard, nothing is posted. One that
  // stands alone posts all the same: if the bus speaks after all, whoever hears it follows or answers.
  const postToOthers: Post = (message) => {
    if (others.areThere() || tab.isAlone) tab.post(message)
  }

  const beginTerm = (before: Term | null): void => {
    term = termAfter(before)
    tab.leader = { term, from: self }
  }

  const here = (): Parameters<Post>[0] => {
    const isVisible = environment.isVisible()
    return { name: 'here', term, n: delivered, isVisible, connection, nextTryAtMs }
  }

  const move = (fact: Parameters<Sink['state']>[0]): void => {
    const before = connection
    const plannedAtMs = nextTryAtMs
    connection = moveConnection(before, fact, environment.nowMs())
    nextTryAtMs = nextTryAfter(connection, fact)
    if (connection !== before || nextTryAtMs !== plannedAtMs) postToOthers(here())
    sink.state(fact)
    // A subscription is followed by a resync.
    if (before.name === 'connecting' && connection.name !== 'connecting' && fact.name !== 'subscribed') relay.goOn()
  }

  const relay = createRelay({
    nowMs: () => environment.nowMs(),
    ask: async (query) => link?.ask?.(query) ?? noCheck(),
    isHeldUp: ({ id }) => connection.name === 'connecting' && !tab.pending.has(id),
    settle: (settled) => {
      postToOthers({ name: 'reply', term, n: delivered, ...settled })
      tab.take(settled)
    },
  })

  const fed: Sink = {
    ...sink,
    deliver: (event, payload) => {
      delivered += 1
      // A copy, for the page's own listeners are handed the same payload and may change it.
      relay.remember(isReadable(event, payload) ? { event, payload: copyOf(payload) } : null)
      postToOthers({ name: 'deliver', term, n: delivered, event, payload })
      sink.deliver(event, payload)
    },
    resync: (withinMs, onlyOwned) => {
      relay.remember(null)
      sink.resync(withinMs, onlyOwned)
      relay.goOn()
    },
    state: move,
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
    /** Says so, and opens what feeds the tabs. Apart from `lead`, so that whoever is told at once already has what to stop. */
    begin: (): void => {
      beginTerm(tab.leader)
      move({ name: 'starting' })
      if (stopped) return
      // The followers of the leader before say hello to this one.
      tab.post(here())
      // If it threw, the lock would be given back and taken again without end.
      const opened = startLink((sink) => open(others.audience)(sink), fed)
      // It may have delivered at once, and a listener may have stopped the page.
      if (stopped) return opened.stop()
      link = opened
      for (const own of [...tab.pending.values()]) relay.take(own)
    },
    hear,
    // What was asked while the link was being opened is pending.
    ask: (own: Ask): void => {
      if (link) relay.take(own)
    },
    stop: (): void => {
      stopped = true
      relay.close()
      others.stop()
      stopWatching()
      link?.stop()
    },
  }
}

/** A tab that is looked at says so once a minute; one that crashed does not any more. */
const BELIEVED_FOR_MS = 150_000
/** More tabs than anybody has: whoever speaks by ever new names must not fill the memory. */
const MOST_OTHERS = 100

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
