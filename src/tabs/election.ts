import { backOffMs, TAB_UNANSWERED } from '../engine/backoff'
import { createAlarm, isYoung } from '../engine/clock'
import type { Audience, Environment, PageSignal, Stop, TabPorts } from '../engine/environment'
import { CartEchoError } from '../engine/errors'
import { report as reportOf } from '../engine/shape'
import { gone, type Query, type Reply, type Sink } from '../engine/transport'
import { type Message, readMessage, type Sight, type Words, writeMessage } from './bus'
import type { Owed } from './relay'

/** The line to the shopper's other tabs. */
interface Line {
  /** Says it to all of them. Never throws. */
  readonly post: (words: Words) => void
  readonly close: Stop
}

/**
 * Opens the line as the tab of that name. Null where there is none to be had: a page may have locks and no line, such as one whose frame
 * forbids it. What cannot be read is reported once.
 */
export const openLine = (
  ports: TabPorts,
  name: string,
  self: string,
  hear: (message: Message) => void,
  report: Sink['report'],
): Line | null => {
  let isClosed = false
  let hasReported = false

  const read = (data: unknown): void => {
    const message = readMessage(data)
    if (isClosed) return
    if (message.name !== 'unreadable') return hear(message)
    if (!hasReported) report(unreadable(message.misfit))
    hasReported = true
  }

  try {
    const bus = ports.openBus(name, read)
    return {
      post: (words) => {
        try {
          bus.post(writeMessage({ ...words, from: self }))
        } catch (cause) {
          const wrong = 'A broadcast cannot be handed to the other tabs: it is no JSON.'
          report(new CartEchoError('invalid-payload', wrong, { cause }))
        }
      },
      close: () => {
        isClosed = true
        bus.close()
      },
    }
  } catch {
    return null
  }
}

const unreadable = (misfit: Parameters<typeof reportOf>[0]): CartEchoError => {
  const report = reportOf(misfit)
  const words = `Another tab said what cannot be read: ${report.path || 'it'} should be ${report.expected}. It is passed over.`
  return new CartEchoError('invalid-payload', words, { report })
}

/** A follower's wish to lead in the place of a leader that lives. */
interface Ambition {
  /** Weighs how the leader says it is fed. True: take over now. Later, where that is known to be better then, it says so by itself. */
  readonly weigh: (here: Here) => boolean
  /** Waits no longer. `weigh` may follow. */
  readonly stop: Stop
}

type Here = Pick<Words & { name: 'here' }, 'isVisible' | 'connection' | 'nextTryAtMs'>

/** A blip is not worth a new socket. The same again at random, for a server loses all its pages at once. */
const UNFED_FOR_MS = 5_000

const BETTER_WITHIN_MS = 2_000

/** What may be wrong with one page, and not with the shopper's next. */
const PAGES_OWN: ReadonlySet<string> = new Set(['no-echo', 'echo-failed', 'no-web-socket', 'page-expired'])

/** The ambition of a page; `isNew`: it has only just begun, and may have what the others lack. */
export const createAmbition = (environment: Environment, isNew: boolean, takeOver: () => void): Ambition => {
  const alarm = createAlarm(environment)
  const patienceMs = UNFED_FOR_MS * (1 + environment.random())
  let hasJustBegun = isNew
  let mayDoBetter = isNew

  // A page that begins tries anew what another has given up: somebody may have logged in. Once.
  const isGivenUp = ({ connection: { name } }: Here): boolean => {
    if (!hasJustBegun || name === 'connecting') return false
    hasJustBegun = false
    return name === 'refused' || name === 'idle'
  }

  // What the leader's page lacks, this one may have; one after the other, until one has it.
  const betterFromMs = ({ connection }: Here): number | null =>
    mayDoBetter && PAGES_OWN.has(connection.reason)
      ? environment.nowMs() + BETTER_WITHIN_MS * environment.random()
      : null

  // Timers of a hidden page stretch to a minute: its polls and reconnects are for a tab that is looked at. Not before a server that
  // asked to be left alone.
  const unfedFromMs = ({ isVisible, connection, nextTryAtMs }: Here): number | null => {
    if (isVisible || !environment.isVisible()) return null
    if (connection.name !== 'polling' && connection.name !== 'waiting') return null
    const notBeforeMs = connection.name === 'waiting' ? (nextTryAtMs ?? 0) : 0
    return Math.max(connection.sinceMs + patienceMs, notBeforeMs)
  }

  const plan = (here: Here): void => {
    alarm.stop()
    if (here.connection.name === 'live') mayDoBetter = true
    const atMs = betterFromMs(here) ?? unfedFromMs(here)
    if (atMs !== null) alarm.set(Math.max(0, atMs - environment.nowMs()), takeOver)
  }

  return {
    weigh: (here) => {
      const isNow = isGivenUp(here)
      if (!isNow) plan(here)
      return isNow
    },
    stop: alarm.stop,
  }
}

/**
 * A follower's watch over its leader, which may hang, with the lock in its hand. Timers of hidden pages stretch to a minute, so a
 * leader owes no sign of life unasked: a follower that is looked at asks for one now and then.
 */
interface Vigil {
  /** The leader was heard. */
  readonly heard: () => void
  /** The leader was asked for something, and should be heard soon. */
  readonly expect: () => void
  readonly stop: Stop
}

/** What a vigil is made of. */
interface VigilParts {
  readonly environment: Environment
  /** Asks the leader for a sign of life. */
  readonly probe: () => void
  /** It was asked twice, and said nothing. */
  readonly given: () => void
}

const PROBE_EVERY_MS = 10_000
const ANSWER_WITHIN_MS = 2_000
/** So late a timer says that this page was held up itself: what the leader said may lie unread. */
const LATE_MS = 1_000
const ATTEMPTS = 2

/** Begins to watch. Nothing is expected yet. */
export const keepVigil = ({ environment, probe, given }: VigilParts): Vigil => {
  const alarm = createAlarm(environment)
  let attempts = 0

  const rest = (): void => {
    attempts = 0
    alarm.set(PROBE_EVERY_MS, () => {
      // Nobody looks: it is enough that the lock comes free when the leader's page ends.
      if (environment.isVisible()) ask()
    })
  }

  const ask = (): void => {
    probe()
    wait()
  }

  const wait = (): void => {
    attempts += 1
    const judge = attempts < ATTEMPTS ? ask : given
    const dueAtMs = environment.nowMs() + ANSWER_WITHIN_MS
    alarm.set(ANSWER_WITHIN_MS, () => {
      if (environment.nowMs() - dueAtMs > LATE_MS) alarm.set(LATE_MS, judge)
      else judge()
    })
  }

  rest()
  return {
    // What it says by itself puts off no question, with which this page also says that it is looked at.
    heard: () => {
      if (attempts > 0) rest()
    },
    expect: () => {
      if (attempts === 0) wait()
    },
    stop: alarm.stop,
  }
}

/** Who looks at the shopper's tabs, as the leader knows it. Hidden means that every tab is hidden. */
interface Crowd {
  /** All tabs as if they were one page. */
  readonly audience: Audience
  /** A tab says whether somebody looks at it, and what has just made it say so. */
  readonly hear: (tab: string, isVisible: boolean, saw: Sight | null) => void
  readonly stop: Stop
}

/** A tab that is looked at says so every 10 s; one that crashed does not any more. */
const BELIEVED_FOR_MS = 60_000
/** More windows than anybody looks at. */
const MOST_LOOKED_AT = 100

/** The crowd of a new leader, which knows of its own page only. */
export const createCrowd = (environment: Environment): Crowd => {
  const listeners = new Set<{ readonly hear: (signal: PageSignal) => void }>()
  const lookedAtMs = new Map<string, number>()
  const alarm = createAlarm(environment)

  const emit = (signal: PageSignal): void => {
    for (const listener of [...listeners]) if (listeners.has(listener)) listener.hear(signal)
  }

  const isVisible = (): boolean => environment.isVisible() || lookedAtMs.size > 0

  const forget = (tab: string): void => {
    if (lookedAtMs.delete(tab) && !isVisible()) emit('hidden')
  }

  const expire = (): void => {
    alarm.stop()
    // Copied, for whoever hears that one is forgotten may bring others.
    for (const [tab, atMs] of [...lookedAtMs]) {
      const inMs = atMs + BELIEVED_FOR_MS - environment.nowMs()
      if (inMs > 0 && inMs <= BELIEVED_FOR_MS) return alarm.set(inMs, expire)
      forget(tab)
    }
  }

  const see = (tab: string, saw: Sight | null): void => {
    const wasVisible = isVisible()
    // Anew, so that the first of the map is the oldest.
    lookedAtMs.delete(tab)
    lookedAtMs.set(tab, environment.nowMs())
    if (lookedAtMs.size > MOST_LOOKED_AT) lookedAtMs.delete([...lookedAtMs.keys()][0] as string)
    expire()
    if (saw || !wasVisible) emit(saw ?? 'visible')
  }

  const stopWatching = environment.watchPage((signal) => {
    if (signal !== 'hidden' || !isVisible()) emit(signal)
  })

  return {
    audience: {
      isVisible,
      watchPage: (hear) => {
        const listener = { hear }
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    hear: (tab, isLookedAt, saw) => {
      if (isLookedAt) see(tab, saw)
      else forget(tab)
    },
    stop: () => {
      stopWatching()
      alarm.stop()
    },
  }
}

/** What a tab does not believe on another's word: it asks the check itself, and goes by that. */
interface Doubts {
  /** This tab asks: from there, and for that owner. */
  readonly asked: (query: Query) => void
  /** Looks at what the check said, as another tab tells it. True: it is doubted, and not to be taken. */
  readonly ofReply: (words: Words & { name: 'reply' }) => boolean
  /** Another tab says that somebody else is logged in. */
  readonly ofOwner: () => void
  readonly stop: Stop
}

/** What doubts are made of. */
interface DoubtParts {
  readonly environment: Environment
  /** Left out where the tab cannot ask by itself: then it doubts nothing. */
  readonly confirm: ((query: Query, signal: AbortSignal) => Promise<Reply>) | undefined
  readonly owed: Pick<Owed, 'settle' | 'among'>
  readonly sink: Sink
}

/** Whoever speaks on the line without a pause must not have this tab ask without one. */
const NOT_SOONER_MS = 10_000
/** Over how long tabs spread the asks that one word has them make. */
const SPREAD_MS = 500

/** Nothing doubted yet. */
export const createDoubts = ({ environment, confirm, owed, sink }: DoubtParts): Doubts => {
  const ended = new AbortController()
  const underWay = new Set<string>()
  let last: Query | null = null
  let askedAtMs = Number.NEGATIVE_INFINITY
  let failures = 0

  const ask = async (query: Query): Promise<Reply> => {
    askedAtMs = environment.nowMs()
    const asOfMs = askedAtMs
    const reply = (await confirm?.(query, ended.signal).catch(gone)) ?? gone()
    if (reply.name === 'unanswered') return later(reply)
    failures = 0
    return { ...reply, asOfMs }
  }

  // The ask is owed until somebody answers: it comes again, later each time, and is doubted again.
  const later = (reply: Reply & { name: 'unanswered' }): Reply => {
    const inMs = backOffMs(TAB_UNANSWERED, failures, environment.random())
    failures += 1
    if (failures === 1 && !ended.signal.aborted) sink.report(reply.error)
    return { ...reply, next: Math.max(inMs, typeof reply.next === 'number' ? reply.next : 0) }
  }

  const settle = async (query: Query, ids: readonly string[]): Promise<void> => {
    for (const id of ids) underWay.add(id)
    const reply = await ask(query)
    for (const id of ids) underWay.delete(id)
    if (!ended.signal.aborted) owed.settle(ids, reply)
  }

  const isFinal = (reply: Reply): boolean =>
    reply.name === 'log' && (reply.answer.reset || (last?.owner ?? reply.answer.owner) !== reply.answer.owner)

  return {
    asked: (query) => {
      last = query
    },
    ofReply: ({ ids, reply }) => {
      if (!confirm || !isFinal(reply)) return false
      const mine = owed.among(ids)
      const [first] = mine.filter(({ id }) => !underWay.has(id))
      // What another tab asked for and was told is reason enough to ask.
      if (mine.length === 0) sink.resync(SPREAD_MS)
      if (first) {
        void settle(
          first.query,
          mine.map(({ id }) => id),
        )
      }
      return true
    },
    ofOwner: () => {
      if (!last || last.owner === null || isYoung(askedAtMs, environment.nowMs(), NOT_SOONER_MS)) return
      void ask(last).then((reply) => {
        if (!ended.signal.aborted && reply.name !== 'unanswered') sink.answer(reply, askedAtMs)
      })
    },
    stop: () => ended.abort(),
  }
}
