import { isYoung } from '../engine/clock'
import type { Audience, Environment, Stop } from '../engine/environment'
import { wordsOf } from '../engine/errors'
import { copyOf } from '../engine/payload'
import { type Connection, moveConnection, nextTryAfter, notStarted, refused } from '../engine/state'
import type { Link, Reply, Sink, Transport } from '../engine/transport'
import { cannotAnswer } from '../engine/transport'
import type { Message, Words } from './bus'
import { compareOffices, nextOffice, type Office } from './bus'
import { createCrowd } from './election'
import { type Ask, createDesk } from './relay'
import { afterBroadcast, doubted, type TailKeeper } from './replay'

/** The tab that feeds itself and the others. */
export interface Leading {
  /** Says so, and opens what feeds the tabs. Apart from `lead`, so that whoever is told at once already has what to stop. */
  readonly begin: () => void
  readonly hear: (message: Message) => void
  readonly ask: (ask: Ask) => void
  readonly leader: () => Office
  readonly stop: Stop
}

/** What leading is made of. */
interface LeadParts {
  readonly environment: Environment
  readonly self: string
  readonly sink: Sink
  /** The leader before. */
  readonly known: Office | null
  /** What feeds whoever looks at any of the tabs. */
  readonly open: (audience: Audience) => Transport
  /** False for a broadcast that no tab can read. */
  readonly isReadable: (event: string, payload: unknown) => boolean
  readonly say: (words: Words) => void
  readonly tail: TailKeeper
  /** The asks of this tab that no answer came to yet. */
  readonly pending: () => readonly Ask[]
  /** Takes what the check said. */
  readonly take: (words: Words & { name: 'reply' }) => void
}

const SHORTEST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000
/** Whoever speaks by ever new names must not fill the memory. */
const MOST_OTHERS = 1_000

/** A leader that has not begun. */
export const lead = (parts: LeadParts): Leading => {
  const { environment, self, sink, say, tail } = parts
  const crowd = createCrowd(environment)
  // Every tab says hello when it begins to follow, and to each new leader. Where none was heard, or all have said goodbye, nothing is posted.
  const others = new Set<string>()
  let office = nextOffice(parts.known, self)
  let delivered = 0
  let connection: Connection = notStarted(environment.nowMs())
  let nextTryAtMs: number | null = null
  let link: Link | null = null
  let stopped = false
  let overtookAtMs = Number.NEGATIVE_INFINITY
  let pauseMs = SHORTEST_PAUSE_MS

  const sayToOthers = (words: Words): void => {
    if (others.size > 0) say(words)
  }

  const here = (): Words => ({
    name: 'here',
    office,
    n: delivered,
    isVisible: environment.isVisible(),
    connection,
    nextTryAtMs,
  })

  const move = (fact: Parameters<Sink['state']>[0]): void => {
    const before = connection
    const plannedAtMs = nextTryAtMs
    connection = moveConnection(before, fact, environment.nowMs())
    nextTryAtMs = nextTryAfter(connection, fact)
    if (connection !== before || nextTryAtMs !== plannedAtMs) sayToOthers(here())
    sink.state(fact)
    // A subscription is followed by a resync.
    if (before.name === 'connecting' && connection.name !== 'connecting' && fact.name !== 'subscribed') desk.lookAgain()
  }

  const settle = (ids: readonly string[], reply: Reply, asOfMs: number): void => {
    const words = { name: 'reply', office, ids, reply, asOfMs } as const
    sayToOthers(words)
    parts.take(words)
  }

  const desk = createDesk({
    nowMs: () => environment.nowMs(),
    ask: async (query) => link?.ask?.(query) ?? cannotAnswer('There is no check to ask.'),
    tail,
    isOpening: () => connection.name === 'connecting',
    settle,
  })

  const fed: Sink = {
    ...sink,
    deliver: (event, payload) => {
      delivered += 1
      const isWhole = parts.isReadable(event, payload)
      // A copy: the page's own listeners are handed the same payload, and may change it.
      const kept = isWhole ? { event, payload: copyOf(payload) } : null
      tail.set(kept ? afterBroadcast(tail.get(), kept) : doubted(tail.get()))
      sayToOthers({ name: 'deliver', office, n: delivered, event, payload })
      sink.deliver(event, payload)
    },
    resync: (withinMs, onlyOwned) => {
      tail.set(doubted(tail.get()))
      sink.resync(withinMs, onlyOwned)
      desk.lookAgain()
    },
    state: move,
  }

  const hear = (message: Message): void => {
    if (message.name === 'bye') others.delete(message.from)
    else if (others.size < MOST_OTHERS) others.add(message.from)
    if (message.name === 'ask') {
      say(here())
      desk.take({ id: message.id, query: message.query, isOwn: false })
    }
    if (message.name === 'bye') crowd.hear(message.from, false, null)
    if (message.name === 'hello') welcome(message)
  }

  const welcome = ({ from, isVisible, saw, leader }: Message & { name: 'hello' }): void => {
    if (leader && leader.by !== self && compareOffices(leader, office) > 0) overtake(leader)
    say(here())
    crowd.hear(from, isVisible, saw)
  }

  // Another may lead as well, for as long: they must not overtake each other without a pause.
  const overtake = (other: Office): void => {
    const nowMs = environment.nowMs()
    if (isYoung(overtookAtMs, nowMs, pauseMs)) return
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
    overtookAtMs = nowMs
    office = nextOffice(other, self)
  }

  const stopWatching = environment.watchPage((signal) => {
    if (signal === 'visible' || signal === 'hidden') sayToOthers(here())
  })

  // One that throws would have the lock given back, and asked for again, for ever.
  const openOrSay = (): Link => {
    try {
      return parts.open(crowd.audience)(fed)
    } catch (cause) {
      move(refused('echo-failed', { cause, detail: wordsOf(cause) }))
      return { stop: () => undefined }
    }
  }

  const begin = (): void => {
    move({ name: 'starting' })
    if (stopped) return
    // Whoever followed the leader before says hello to this one.
    say(here())
    tail.set(doubted(tail.get()))
    const opened = openOrSay()
    // It may have spoken at once, and whoever heard it may have stopped the page.
    if (stopped) return opened.stop()
    link = opened
    for (const own of parts.pending()) desk.take(own)
  }

  return {
    begin,
    hear,
    // What is asked while the link is opened is among what is pending.
    ask: (own) => {
      if (link) desk.take(own)
    },
    leader: () => office,
    stop: () => {
      stopped = true
      desk.close()
      crowd.stop()
      stopWatching()
      link?.stop()
    },
  }
}
