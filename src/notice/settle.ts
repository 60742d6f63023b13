import type { Stop } from '../engine/environment'

/** Something that runs once for a burst. */
export interface Settling {
  /** Requests a run, soon. */
  readonly want: () => void
  /** Runs it now, if it was requested. */
  readonly flush: () => void
  /** Cancels the run. */
  readonly stop: Stop
}

const QUIET_MS = 150
/** A burst that does not end is shown after this time. */
const LONGEST_MS = 1_000

/** Runs once for a burst: 150 ms after the last request (debounce), and a second after the first at the latest. */
export const createSettling = (run: () => void): Settling => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let firstAtMs = 0
  const stop: Stop = () => {
    clearTimeout(timer)
    timer = undefined
  }
  const runNow = (): void => {
    stop()
    run()
  }
  return {
    want: () => {
      const nowMs = Date.now()
      if (timer === undefined) firstAtMs = nowMs
      clearTimeout(timer)
      timer = setTimeout(runNow, Math.max(0, Math.min(QUIET_MS, firstAtMs + LONGEST_MS - nowMs)))
    },
    flush: () => {
      if (timer !== undefined) runNow()
    },
    stop,
  }
}
