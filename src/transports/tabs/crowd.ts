import { createAlarm } from '../../core/alarm'
import type { Audience, Environment, PageSignal, Stop } from '../../core/environment'
import type { Sight } from './message'

/** Who looks at the shopper's tabs, as the leader knows it. Hidden means that every tab is hidden. */
export interface Crowd {
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
