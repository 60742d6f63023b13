import { createAlarm } from '../../core/alarm'
import type { Environment, Stop } from '../../core/environment'

/**
 * A follower's watch over its leader, which may hang, with the lock in its hand. Timers of hidden pages stretch to a minute, so a
 * leader owes no sign of life unasked: a follower that is looked at asks for one now and then.
 */
export interface Vigil {
  /** The leader was heard. */
  readonly heard: () => void
  /** The leader was asked for something, and should be heard soon. */
  readonly expect: () => void
  readonly stop: Stop
}

/** What a vigil is made of. */
export interface VigilParts {
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
