/** Undoes what was started. Calling it again does nothing. */
export type Stop = () => void

/** What cart-echo needs from where it runs. `browserEnvironment()` answers it for pages. */
export interface Environment {
  /** False on a server: there nothing is ever opened. */
  readonly hasPage: boolean
  /** The wall clock, as `Date.now()`: unlike `performance.now()` it goes on while a laptop sleeps. */
  nowMs(): number
  /** Runs something once after a delay, unless stopped before. */
  schedule(delayMs: number, run: () => void): Stop
  /** A number from 0 up to 1. */
  random(): number
}
