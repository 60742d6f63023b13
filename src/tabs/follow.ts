import { createAlarm, isYoung } from '../engine/clock'
import type { Environment } from '../engine/environment'
import { CartEchoError } from '../engine/errors'
import type { Sink } from '../engine/transport'
import {
  isFromLeader,
  isLater,
  isLook,
  type LeaderMessage,
  type Look,
  type Message,
  type Post,
  type Settled,
  type Term,
} from './bus'
import type { Confirmation } from './confirm'
import type { PendingAsk } from './feed'

/** What a tab has whether it leads or follows. */
export interface Tab {
  readonly environment: Environment
  /** Its name on the bus. */
  readonly self: string
  readonly sink: Sink
  readonly post: Post
  /** The asks of this tab that no answer came to yet, by their ids. They outlive whoever was to answer them. */
  readonly pending: ReadonlyMap<string, PendingAsk>
  /** Takes what the check said. */
  readonly take: (settled: Settled) => void
  /** The newest leader known; null: none yet. */
  leader: Term | null
  /** True while it leads without the lock, for no leader was heard. */
  isAlone: boolean
}

// Timers of hidden pages stretch to a minute, so the leader sends no heartbeat: a follower that is looked at probes it.
const PROBE_EVERY_MS = 60_000
const PROBES = 2
const ANSWER_WITHIN_MS = 2_000
/** A timer so late says that this page was held up itself: what the leader said may lie unread. */
const LATE_MS = 1_000
/** Longer than a request takes as a rule, and than the leader keeps one waiting: the ask or its answer was lost. */
const LOST_AFTER_MS = 25_000
const CORRECT_EVERY_MS = 1_000
/** A blip is not worth a new socket. As long again at random, for a server loses all its pages at once. */
const UNFED_FOR_MS = 5_000
const BETTER_WITHIN_MS = 2_000
/** What may be wrong with one page, and not with the shopper's next. */
const FAULTS_OF_ONE_PAGE: ReadonlySet<string> = new Set(['no-echo', 'echo-failed', 'no-web-socket', 'page-expired'])

/**
 * Begins to follow: looks for the leader and hears it. `takeOver` is called when the leader is silent, for it may hang and
 * hold the lock, and when this page may be fed better than the leader's.
 */
export const follow = (tab: Tab, takeOver: () => void, confirmation: Confirmation | null) => {
  const { environment, sink, post, pending } = tab
  // How many deliveries it had made when it was heard last; null: it was not heard yet.
  let heardUpTo: number | null = null
  let correctedAtMs = Number.NEGATIVE_INFINITY
  let lastError: CartEchoError | null = null

  const hello = (look: Look | null): void =>
    post({ name: 'hello', isVisible: environment.isVisible(), look, leader: tab.leader })

  // Liveness of the leader: it is probed now and then, and when it was asked for something.

  const probing = createAlarm(environment)
  let probes = 0

  const rest = (): void => {
    probes = 0
    probing.set(PROBE_EVERY_MS, () => {
      // While nobody looks it is enough that the lock comes free when the leader's page ends.
      if (environment.isVisible()) probe()
    })
  }

  const probe = (): void => {
    hello(null)
    waitForAnswer()
  }

  const waitForAnswer = (): void => {
    probes += 1
    const judge = probes < PROBES ? probe : takeOver
    const dueAtMs = environment.nowMs() + ANSWER_WITHIN_MS
    probing.set(ANSWER_WITHIN_MS, () => {
      if (environment.nowMs() - dueAtMs > LATE_MS) probing.set(LATE_MS, judge)
      else judge()
    })
  }

  const expectAnswer = (): void => {
    if (probes === 0) waitForAnswer()
  }

  // Takeover from a leader that lives: where this page may be fed better.

  const bettering = createAlarm(environment)
  const patienceMs = UNFED_FOR_MS * (1 + environment.random())
  let hasJustBegun = tab.leader === null
  let mayDoBetter = hasJustBegun
  let isTakingOver = false

  // A new page tries once what another has given up: somebody may have logged in since.
  const isGivenUp = ({ connection: { name } }: Here): boolean => {
    const isNew = hasJustBegun
    if (name !== 'connecting') hasJustBegun = false
    return isNew && (name === 'refused' || name === 'idle')
  }

  const betterFromMs = ({ isVisible, connection, nextTryAtMs }: Here): number | null => {
    const { name, reason, sinceMs } = connection
    // This page may have what the leader's page lacks. One page after the other tries.
    if (mayDoBetter && FAULTS_OF_ONE_PAGE.has(reason))
      return environment.nowMs() + BETTER_WITHIN_MS * environment.random()
    // A hidden page polls and reconnects slowly, because its timers are slow.
    if (isVisible || !environment.isVisible() || (name !== 'polling' && name !== 'waiting')) return null
    // Since a time that is still to come, as after the clock was set back, is since long. Not before a server that asked to be left alone may be asked again.
    const isUnknown = sinceMs > environment.nowMs()
    return Math.max(isUnknown ? 0 : sinceMs + patienceMs, (name === 'waiting' && nextTryAtMs) || 0)
  }

  // What the leader says.

  const hear = (message: Message): void => {
    if (!isFromLeader(message)) return
    if (tab.leader && isLater(tab.leader, message)) return message.name === 'here' ? correct() : undefined
    // Other messages put off no probe: the probe also tells the leader that this page is looked at.
    if (probes > 0) rest()
    const deliveredBefore = message.name === 'deliver' ? message.n - 1 : message.n
    const isMissing = heardUpTo !== null && deliveredBefore > heardUpTo
    const isNew = heardUpTo === null || isLater(message, tab.leader)
    heardUpTo = message.n
    if (isNew) join(message)
    if (isNew || isMissing) sink.resync()
    if (message.name === 'here') handleHere(message)
    else if (message.name === 'deliver') sink.deliver(message.event, message.payload)
    else if (!confirmation?.isNeeded(message)) tab.take(message)
  }

  // An earlier leader that does not know of the takeover yet is told, but not without a pause: both may go on leading.
  const correct = (): void => {
    const nowMs = environment.nowMs()
    if (isYoung(correctedAtMs, nowMs, CORRECT_EVERY_MS)) return
    correctedAtMs = nowMs
    hello(null)
  }

  const join = (message: LeaderMessage): void => {
    tab.leader = { term: message.term, from: message.from }
    // A new leader's earlier messages are unknown, and one that heard of no other tab posts none.
    hello(null)
    postAsks([...pending.values()])
  }

  const handleHere = (here: Here): void => {
    const nowMs = environment.nowMs()
    postAsks([...pending.values()].filter(({ sentAtMs }) => !isYoung(sentAtMs, nowMs, LOST_AFTER_MS)))
    if (isGivenUp(here)) {
      isTakingOver = true
      return takeOver()
    }
    if (here.connection.name === 'live') mayDoBetter = true
    const betterAtMs = betterFromMs(here)
    if (betterAtMs === null) bettering.stop()
    else bettering.set(Math.max(0, betterAtMs - nowMs), takeOver)
    // While this page tries what another gave up, the other's state is not shown.
    if (isTakingOver) return
    const { connection, nextTryAtMs } = here
    sink.state({ name: 'shared', connection: withSameError(connection), nextTryAtMs })
  }

  const postAsks = (asks: readonly PendingAsk[]): void => {
    for (const ask of asks) {
      ask.sentAtMs = environment.nowMs()
      post({ name: 'ask', id: ask.id, query: ask.query })
    }
  }

  // The same error object for the same trouble, so that it is reported once.
  const withSameError = <Fed extends object>(connection: Fed): Fed => {
    if (!('error' in connection) || !(connection.error instanceof CartEchoError)) return connection
    const { code, message } = connection.error
    if (lastError?.code !== code || lastError.message !== message) lastError = connection.error
    return { ...connection, error: lastError }
  }

  const look = (signal: Look | null): void => {
    hello(signal)
    expectAnswer()
  }

  const stopWatching = environment.watchPage((signal) => {
    if (isLook(signal)) return look(signal)
    if (signal !== 'hidden') return
    bettering.stop()
    hello(null)
  })

  look(null)
  return {
    hear,
    ask: (ask: PendingAsk): void => {
      if (heardUpTo === null) return
      postAsks([ask])
      expectAnswer()
    },
    stop: (): void => {
      probing.stop()
      bettering.stop()
      stopWatching()
    },
  }
}

type Here = LeaderMessage & { name: 'here' }
