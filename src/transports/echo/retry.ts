import { createAlarm } from '../../core/alarm'
import { type BackOff, fullJitterMs } from '../../core/backoff'
import type { Environment, Stop } from '../../core/environment'

/** Tries something anew, later each time. */
export interface Retry {
  /** Plans the next try, not before what the server asked for. Returns when it is, in milliseconds of the clock. */
  readonly plan: (retryAfterMs: number) => number
  /** It went well: the next trouble is a new one. */
  readonly reset: () => void
  /** Drops what is planned. `plan` may follow. */
  readonly stop: Stop
}

/** A server that failed has lost the channels of all its pages. Beyond a minute the check feeds them. */
const BACK_OFF: BackOff = { baseMs: 2_000, capMs: 300_000 }
const SHORTEST_MS = 500

/** A retry with full jitter: within 2.5 s at first, doubling up to 5 min. */
export const createRetry = (environment: Environment, run: () => void): Retry => {
  let attempt = 0
  const alarm = createAlarm(environment)
  return {
    plan: (retryAfterMs) => {
      const inMs = retryAfterMs + SHORTEST_MS + fullJitterMs(BACK_OFF, attempt, environment.random())
      attempt += 1
      alarm.set(inMs, run)
      return environment.nowMs() + inMs
    },
    reset: () => {
      alarm.stop()
      attempt = 0
    },
    stop: alarm.stop,
  }
}
