import { type Environment, type PageSignal, type Stop, withOwn } from './environment'

/** What the world lends to one step of a value: the time, and one random number from 0 to 1. */
export interface Moment {
  readonly nowMs: number
  readonly random: number
}

/** True for less than `ageMs` from a moment on. A clock that was put back must not make an old moment young. */
export const isYoung = (atMs: number, nowMs: number, ageMs: number): boolean => nowMs >= atMs && nowMs - atMs < ageMs

/** An alarm that is not set: for one thing that is to happen later. */
export const createAlarm = (environment: Environment) => {
  let planned: { readonly atMs: number; run: () => void; readonly stop: Stop } | null = null
  const stop = (): boolean => {
    const wasSet = planned !== null
    planned?.stop()
    planned = null
    return wasSet
  }
  return {
    /** Plans it, in the place of what was planned before. */
    set: (inMs: number, run: () => void): void => {
      const atMs = environment.nowMs() + inMs
      // Planned anew with every broadcast, a timer would cost more than the broadcast.
      if (planned && Math.abs(planned.atMs - atMs) < 1) {
        planned.run = run
        return
      }
      stop()
      const ring = (): void => {
        const due = planned
        planned = null
        due?.run()
      }
      planned = { atMs, run, stop: environment.schedule(inMs, ring) }
    },
    /** Drops what is planned; false when nothing was. `set` may follow. */
    stop,
  }
}

const TICK_MS = 15_000
/** A busy page has late timers too. */
const LATE_MS = 10_000

/**
 * The environment with one clock and one set of listeners for all who watch its page; both end with the last of them.
 * `watchPage` also tells `tick`, every 15 s, and `woke`, when the clock jumped while the page was looked at: the
 * machine slept, or its clock was set. That goes by the wall clock, for timers sleep with the machine. A hidden page's
 * timers are late by right, so it is not judged by them; that its clock was set back is told when it is looked at.
 */
export const withPageClock = (environment: Environment): Environment => {
  const watchers = new Set<{ readonly hear: (signal: PageSignal) => void }>()
  const timer = createAlarm(environment)
  let lastMs = 0
  let wasVisible = false
  let stopWatching: Stop = () => undefined

  const tell = (signal: PageSignal): void => {
    const thrown: unknown[] = []
    for (const watcher of [...watchers]) {
      try {
        if (watchers.has(watcher)) watcher.hear(signal)
      } catch (cause) {
        // The other watchers hear the signal first; then the error goes on.
        thrown.push(cause)
      }
    }
    if (thrown.length > 0) throw thrown[0]
  }

  const hasWoken = (): boolean => {
    const passedMs = environment.nowMs() - lastMs
    return environment.isVisible() && (passedMs < 0 || (wasVisible && passedMs > TICK_MS + LATE_MS))
  }

  const tick = (): void => {
    const woke = hasWoken()
    wait()
    if (woke) tell('woke')
    tell('tick')
  }

  const wait = (): void => {
    wasVisible = environment.isVisible()
    // That it was set back is kept until somebody looks.
    lastMs = wasVisible ? environment.nowMs() : Math.max(lastMs, environment.nowMs())
    timer.set(TICK_MS, tick)
  }

  // Any signal may be the first thing after a sleep.
  const hear = (signal: PageSignal): void => {
    const woke = hasWoken()
    if (woke || wasVisible !== environment.isVisible()) wait()
    tell(signal)
    if (woke) tell('woke')
  }

  const end = (): void => {
    timer.stop()
    stopWatching()
  }

  return withOwn(environment, {
    watchPage: (listener) => {
      if (!environment.hasPage) return () => undefined
      const watcher = { hear: listener }
      watchers.add(watcher)
      if (watchers.size === 1) {
        stopWatching = environment.watchPage(hear)
        wait()
      }
      return () => {
        if (watchers.delete(watcher) && watchers.size === 0) end()
      }
    },
  })
}
