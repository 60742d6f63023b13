/** Timers that can all be ended at once. */
export interface Timers {
  /** Does something once, later. Returns a function that prevents it. */
  after(ms: number, run: () => void): () => void
  /** Resolves later. Never, when the timers are stopped before. */
  wait(ms: number): Promise<void>
  stop(): void
}

/** No timers yet. */
export const createTimers = (): Timers => {
  const cancels = new Set<() => void>()

  const after = (ms: number, run: () => void): (() => void) => {
    const timer = setTimeout(() => {
      cancels.delete(cancel)
      run()
    }, ms)
    const cancel = (): void => {
      clearTimeout(timer)
      cancels.delete(cancel)
    }
    cancels.add(cancel)
    return cancel
  }

  return {
    after,
    wait: (ms) => new Promise((resolve) => after(ms, resolve)),
    stop: () => {
      for (const cancel of [...cancels]) cancel()
    },
  }
}

/** A time with up to so much more, at random. */
export const jittered = (ms: number, jitterMs = 0): number => ms + Math.random() * jitterMs
