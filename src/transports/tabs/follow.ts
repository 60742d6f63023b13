import type { Environment, Stop } from '../../core/environment'
import { CartEchoError } from '../../core/errors'
import type { Sink } from '../../core/transport'
import { watchWake } from '../../core/wake'
import type { Ask } from './desk'
import { isLeaders, type LeaderMessage, type Message, type Sight } from './message'
import { compareOffices, type Office } from './office'
import { keepVigil } from './vigil'

/** A tab that is fed by another. */
export interface Following {
  readonly hear: (message: Message) => void
  readonly ask: (ask: Ask) => void
  /** The newest leader known; null: none yet. */
  readonly leader: () => Office | null
  readonly stop: Stop
}

/** What following is made of. */
export interface FollowParts {
  readonly environment: Environment
  readonly self: string
  readonly sink: Sink
  /** The newest leader known, whose followers this tab now joins. */
  readonly known: Office | null
  readonly post: (message: Message) => void
  /** The asks that no answer came to yet. */
  readonly pending: () => readonly Ask[]
  /** Those of them that it should have come to long ago. */
  readonly lost: () => readonly Ask[]
  /** Takes what the check said. */
  readonly take: (message: LeaderMessage & { name: 'reply' }) => void
  /** The leader is silent, or hidden and without a socket, or it has given up and this page has only just begun. */
  readonly takeOver: () => void
}

/** A blip is not worth a new socket. The same again at random, for a server loses all its pages at once. */
const UNFED_FOR_MS = 5_000

const BETTER_WITHIN_MS = 2_000

/** What may be wrong with one page, and not with the shopper's next. */
const PAGES_OWN: ReadonlySet<string> = new Set(['no-echo', 'echo-failed', 'no-web-socket', 'page-expired'])

/** Begins to follow: looks for the leader, and hears it. */
export const follow = (parts: FollowParts): Following => {
  const { environment, self, sink, post } = parts
  let leader = parts.known
  let hasJoined = false
  let hasJustBegun = parts.known === null
  let mayDoBetter = hasJustBegun
  let heardUpTo = 0
  const patienceMs = UNFED_FOR_MS * (1 + environment.random())
  let lastError: CartEchoError | null = null
  let stopConsidering: Stop = () => undefined

  const hello = (saw: Sight | null): void =>
    post({ name: 'hello', from: self, isVisible: environment.isVisible(), saw, leader })

  const vigil = keepVigil({ environment, probe: () => hello(null), given: parts.takeOver })

  const hearLeader = (message: LeaderMessage): void => {
    const order = compareOffices(message.office, leader)
    // It does not know yet that another has taken over.
    if (order < 0) return message.name === 'here' ? hello(null) : undefined
    vigil.heard()
    if (order > 0 || !hasJoined) join(message)
    heed(message)
  }

  const join = (message: LeaderMessage): void => {
    leader = message.office
    hasJoined = true
    heardUpTo = message.name === 'here' ? message.n : message.name === 'deliver' ? message.n - 1 : 0
    // What it said before, and whether somebody looks at this tab, was for another.
    if (message.name !== 'here' || environment.isVisible()) hello(null)
    askFor(parts.pending())
    sink.gap('new-leader')
  }

  const askFor = (asks: readonly Ask[]): void => {
    for (const { id, query } of asks) post({ name: 'ask', from: self, id, query })
  }

  const count = (n: number, isOwn: boolean): void => {
    const missed = n - heardUpTo > (isOwn ? 1 : 0)
    heardUpTo = Math.max(heardUpTo, n)
    if (missed) sink.gap('new-leader')
  }

  const heed = (message: LeaderMessage): void => {
    switch (message.name) {
      case 'here':
        count(message.n, false)
        askFor(parts.lost())
        if (isGivenUp(message)) return parts.takeOver()
        considerTakingOver(message)
        return sink.state({ name: 'shared', connection: sameError(message.connection) })
      case 'deliver':
        count(message.n, true)
        return sink.deliver(message.event, message.payload)
      case 'reply':
        return parts.take(message)
    }
  }

  // A page that begins tries anew what another has given up: somebody may have logged in. Once.
  const isGivenUp = ({ connection: { name } }: LeaderMessage & { name: 'here' }): boolean => {
    if (!hasJustBegun || name === 'connecting') return false
    hasJustBegun = false
    return name === 'refused' || name === 'idle'
  }

  const considerTakingOver = (here: LeaderMessage & { name: 'here' }): void => {
    stopConsidering()
    if (here.connection.name === 'live') mayDoBetter = true
    const atMs = betterFromMs(here) ?? unfedFromMs(here)
    if (atMs === null) return
    stopConsidering = environment.schedule(Math.max(0, atMs - environment.nowMs()), parts.takeOver)
  }

  // What the leader's page lacks, this one may have; one after the other, until one has it.
  const betterFromMs = ({ connection }: LeaderMessage & { name: 'here' }): number | null =>
    mayDoBetter && PAGES_OWN.has(connection.because)
      ? environment.nowMs() + BETTER_WITHIN_MS * environment.random()
      : null

  // Timers of a hidden page stretch to a minute: its polls and reconnects are for a tab that is looked at. Not before a server that
  // asked to be left alone.
  const unfedFromMs = ({ isVisible, connection }: LeaderMessage & { name: 'here' }): number | null => {
    if (isVisible || !environment.isVisible()) return null
    if (connection.name !== 'polling' && connection.name !== 'waiting') return null
    const nextTryAtMs = connection.name === 'waiting' ? connection.nextTryAtMs : null
    return Math.max(connection.sinceMs + patienceMs, nextTryAtMs ?? 0)
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
    if (signal === 'hidden') {
      stopConsidering()
      return hello(null)
    }
    if (signal === 'visible' || signal === 'navigated') see(signal)
  })
  const stopWaking = watchWake(environment, () => see('woke'))

  hello(null)
  vigil.expect()
  return {
    hear: (message) => {
      if (isLeaders(message)) hearLeader(message)
    },
    ask: (ask) => {
      if (!hasJoined) return
      askFor([ask])
      vigil.expect()
    },
    leader: () => leader,
    stop: () => {
      vigil.stop()
      stopWatching()
      stopWaking()
      stopConsidering()
    },
  }
}
