import { backOffMs, CODE_NOT_LOADED } from '../engine/backoff'
import { createAlarm } from '../engine/clock'
import type { Environment, PageSignal, Stop } from '../engine/environment'

const BACK: ReadonlySet<PageSignal> = new Set(['visible', 'online', 'resumed', 'restored'])

/** Decides when something that failed is tried again. */
export interface Retries {
  /** A try begins: no other one falls due meanwhile. */
  readonly trying: () => void
  /** It failed: the next try falls due by itself, later each time. Returns when; null while the page is hidden or offline. */
  readonly failed: () => number | null
  /** It succeeded, or is no longer wanted. Removes timer and listeners, and forgets the failures. */
  readonly end: () => void
}

/**
 * Schedules retries with full jitter: within 2 s, then 4, up to 2 min. None on a hidden page, nor between `offline` and `online`; at once
 * when the page becomes visible, or is online again. Calls `due` for each try, and `planned` when the time that `failed` returned has changed.
 */
export const createRetries = (
  environment: Environment,
  due: () => void,
  planned: (nextTryAtMs: number | null) => void,
): Retries => {
  let situation: 'calm' | 'trying' | 'waiting' = 'calm'
  let failures = 0
  let isOffline = false
  const alarm = createAlarm(environment)
  let stopWatching: Stop = () => undefined

  const plan = (): number | null => {
    alarm.stop()
    if (isOffline || !environment.isVisible()) return null
    const delayMs = backOffMs(CODE_NOT_LOADED, failures - 1, environment.random())
    alarm.set(delayMs, due)
    return environment.nowMs() + delayMs
  }

  const hear = (signal: PageSignal): void => {
    if (signal === 'offline' || signal === 'online') isOffline = signal === 'offline'
    if (situation !== 'waiting') return
    if (signal === 'offline' || signal === 'hidden') planned(plan())
    else if (BACK.has(signal) && environment.isVisible()) due()
  }

  const end = (): void => {
    alarm.stop()
    stopWatching()
    situation = 'calm'
    failures = 0
  }

  return {
    trying: () => {
      alarm.stop()
      if (situation === 'calm') {
        isOffline = false
        stopWatching = environment.watchPage(hear)
      }
      situation = 'trying'
    },
    failed: () => {
      situation = 'waiting'
      failures += 1
      return plan()
    },
    end,
  }
}
