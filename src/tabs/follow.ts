import { isYoung } from '../engine/clock'
import type { Environment, Stop } from '../engine/environment'
import { CartEchoError } from '../engine/errors'
import type { Sink } from '../engine/transport'
import {
  compareOffices,
  isLeaders,
  isSight,
  type LeaderMessage,
  type Message,
  type Office,
  type Sight,
  type Words,
} from './bus'
import { createAmbition, keepVigil } from './election'
import type { Ask } from './relay'

/** A tab that is fed by another. */
export interface Following {
  readonly hear: (message: Message) => void
  readonly ask: (ask: Ask) => void
  /** The newest leader known; null: none yet. */
  readonly leader: () => Office | null
  readonly stop: Stop
}

/** What following is made of. */
interface FollowParts {
  readonly environment: Environment
  readonly sink: Sink
  /** The newest leader known, whose followers this tab now joins. */
  readonly known: Office | null
  readonly say: (words: Words) => void
  /** The asks that no answer came to yet. */
  readonly pending: () => readonly Ask[]
  /** Those of them that it should have come to long ago. */
  readonly lost: () => readonly Ask[]
  /** Takes what the check said. */
  readonly take: (words: Words & { name: 'reply' }) => void
  /** The leader is silent, or hidden and without a socket, or it has given up and this page has only just begun. */
  readonly takeOver: () => void
}

const CORRECTED_FOR_MS = 1_000

/** Begins to follow: looks for the leader, and hears it. */
export const follow = (parts: FollowParts): Following => {
  const { environment, sink, say, takeOver } = parts
  let leader = parts.known
  // The number of its last delivery; null: it was not heard yet.
  let heardUpTo: number | null = null
  let lastError: CartEchoError | null = null
  let isLeaving = false
  let correctedAtMs = Number.NEGATIVE_INFINITY
  const ambition = createAmbition(environment, leader === null, takeOver)

  const hello = (saw: Sight | null): void => say({ name: 'hello', isVisible: environment.isVisible(), saw, leader })

  const vigil = keepVigil({ environment, probe: () => hello(null), given: takeOver })

  const hearLeader = (message: LeaderMessage): void => {
    const order = compareOffices(message.office, leader)
    // It does not know yet that another has taken over.
    if (order < 0) return message.name === 'here' ? correct() : undefined
    vigil.heard()
    if (order > 0 || heardUpTo === null) join(message)
    handle(message)
  }

  // Two that lead for good would hear of each other without a pause.
  const correct = (): void => {
    const nowMs = environment.nowMs()
    if (isYoung(correctedAtMs, nowMs, CORRECTED_FOR_MS)) return
    correctedAtMs = nowMs
    hello(null)
  }

  const join = (message: LeaderMessage): void => {
    leader = message.office
    heardUpTo = message.name === 'here' ? message.n : message.name === 'deliver' ? message.n - 1 : 0
    // What it said before was for another; and a leader that hears of nobody says nothing.
    hello(null)
    askFor(parts.pending())
    sink.resync()
  }

  const askFor = (asks: readonly Ask[]): void => {
    for (const { id, query } of asks) say({ name: 'ask', id, query })
  }

  const handle = (message: LeaderMessage): void => {
    switch (message.name) {
      case 'here':
        return handleHere(message)
      case 'deliver':
        count(message.n, message.n - 1)
        return sink.deliver(message.event, message.payload)
      case 'reply':
        return parts.take(message)
    }
  }

  const handleHere = (here: LeaderMessage & { name: 'here' }): void => {
    count(here.n, here.n)
    heardUpTo = here.n
    askFor(parts.lost())
    if (ambition.weigh(here)) {
      isLeaving = true
      return takeOver()
    }
    // What another has given up is no state of a page that is about to try it.
    if (!isLeaving) {
      const { connection, nextTryAtMs } = here
      sink.state({ name: 'shared', connection: sameError(connection), nextTryAtMs })
    }
  }

  /** Up to number `n`, and before this message up to `before`. */
  const count = (n: number, before: number): void => {
    const known = heardUpTo ?? 0
    heardUpTo = Math.max(known, n)
    if (before > known) sink.resync()
  }

  // One trouble is one error, however often the leader speaks of it.
  const sameError = <Fed extends object>(connection: Fed): Fed => {
    if (!('error' in connection) || !(connection.error instanceof CartEchoError)) return connection
    const { code, message } = connection.error
    if (lastError?.code !== code || lastError.message !== message) lastError = connection.error
    return { ...connection, error: lastError }
  }

  const see = (sight: Sight): void => {
    hello(sight)
    vigil.expect()
  }

  const stopWatching = environment.watchPage((signal) => {
    if (isSight(signal)) return see(signal)
    if (signal !== 'hidden') return
    ambition.stop()
    hello(null)
  })

  hello(null)
  vigil.expect()
  return {
    hear: (message) => {
      if (isLeaders(message)) hearLeader(message)
    },
    ask: (ask) => {
      if (heardUpTo === null) return
      askFor([ask])
      vigil.expect()
    },
    leader: () => leader,
    stop: () => {
      vigil.stop()
      ambition.stop()
      stopWatching()
    },
  }
}
