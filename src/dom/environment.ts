import type { Environment } from '../core/environment'

// Beyond it setTimeout wraps round and runs at once; whoever waits longer looks at the clock and waits on.
const LONGEST_MS = 0x7fffffff

/** What cart-echo needs from where it runs, answered by a browser. Touches nothing until it is asked. */
export const browserEnvironment = (): Environment => ({
  get hasPage() {
    return typeof document !== 'undefined'
  },
  nowMs: () => Date.now(),
  random: () => Math.random(),
  // setTimeout is called, not passed on: fake timers and instrumentation replace it later.
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(delayMs, LONGEST_MS))
    return () => clearTimeout(timer)
  },
})
