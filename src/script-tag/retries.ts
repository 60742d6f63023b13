import { backOffMs, CODE_NOT_LOADED } from '../engine/backoff'
import { createAlarm } from '../engine/clock'
import type { Environment, PageSignal, Stop } from '../engine/environment'

const BACK: ReadonlySet<PageSignal> = new Set(['visible', 'online', 'resumed', 'restored'])

/** Says when something that failed is tried again. */
export interface Retries {
  /** It is being tried: nothing falls due meanwhile. */
  readonly trying: () => void
  /** It failed: it falls due by itself, later each time. Returns when; null while nobody looks at the page, or its network is away. */
  readonly failed: () => number | null
  /** It came, or is not wanted any more. Leaves no timer and no listener behind, and forgets how often it failed. */
  readonly end: () => void
}

/**
 * Has something tried again: with full jitter within 2 s, then 4, up to 2 min; not on a hidden page, and not between `offline` and `online`; at once
 * when somebody looks, or the network is back. `due` is called then; `planned` when the next try is at another time than `failed` has said.
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
