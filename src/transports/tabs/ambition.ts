import { createAlarm } from '../../core/alarm'
import type { Environment, Stop } from '../../core/environment'
import type { Words } from './message'

/** A follower's wish to lead in the place of a leader that lives. */
export interface Ambition {
  /** Weighs how the leader says it is fed. True: take over now. Later, where that is known to be better then, it says so by itself. */
  readonly weigh: (here: Here) => boolean
  /** Waits no longer. `weigh` may follow. */
  readonly stop: Stop
}

type Here = Pick<Words & { name: 'here' }, 'isVisible' | 'connection'>

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
    mayDoBetter && PAGES_OWN.has(connection.because)
      ? environment.nowMs() + BETTER_WITHIN_MS * environment.random()
      : null

  // Timers of a hidden page stretch to a minute: its polls and reconnects are for a tab that is looked at. Not before a server that
  // asked to be left alone.
  const unfedFromMs = ({ isVisible, connection }: Here): number | null => {
    if (isVisible || !environment.isVisible()) return null
    if (connection.name !== 'polling' && connection.name !== 'waiting') return null
    const nextTryAtMs = connection.name === 'waiting' ? connection.nextTryAtMs : null
    return Math.max(connection.sinceMs + patienceMs, nextTryAtMs ?? 0)
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
