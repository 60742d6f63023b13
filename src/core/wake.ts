import type { Environment, Stop } from './environment'

const TICK_MS = 5_000
/** A busy page has late timers too. */
const LATE_MS = 10_000

/**
 * Tells when the clock jumped while the page was looked at: the machine slept, or its clock was set. By the wall clock, for
 * timers sleep with the machine. A hidden page's timers are late by right, so it is left alone; that its clock was set back is told
 * when it is looked at.
 */
export const watchWake = (environment: Environment, woke: () => void): Stop => {
  let lastMs = environment.nowMs()
  let stopTimer: Stop = () => undefined
  const tick = (): void => {
    const passedMs = environment.nowMs() - lastMs
    watch()
    if (passedMs > TICK_MS + LATE_MS || passedMs < 0) woke()
  }
  const watch = (): void => {
    stopTimer()
    lastMs = environment.nowMs()
    if (environment.isVisible()) stopTimer = environment.schedule(TICK_MS, tick)
  }
  const stopWatching = environment.watchPage((signal) => {
    if (signal !== 'visible' && signal !== 'hidden') return
    const wasSetBack = environment.nowMs() < lastMs
    watch()
    if (wasSetBack) woke()
  })
  watch()
  return () => {
    stopWatching()
    stopTimer()
  }
}
