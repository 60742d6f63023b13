import type { Environment } from '../core/environment'

/** What cart-echo needs from where it runs, answered by a browser. Touches nothing until it is asked. */
export const browserEnvironment = (): Environment => ({
  hasPage: typeof document !== 'undefined',
  nowMs: () => Date.now(),
  random: () => Math.random(),
  // setTimeout is called, not passed on: fake timers and instrumentation replace it later.
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
})
