/** What a page of the soak had done to it before any library looked: its timers and sockets are counted, its clock can be set, and what it throws is kept. */
export interface Watched {
  /** Sets `Date.now()` forward or back; timers, which go by another clock, are not moved. */
  readonly setClock: (byMs: number) => void
  readonly timers: () => number
  readonly openSockets: () => number
  /** The `readyState` of each socket that has not said `close`. */
  readonly socketStates: () => readonly number[]
  /** What reached the window as an error, or was written to the console as one. */
  readonly thrown: readonly string[]
}

/** Watches this window from now on. */
export const watchWindow = (): Watched => {
  const thrown: string[] = []
  const timers = new Set<unknown>()
  const sockets = new Set<WebSocket>()
  let skewMs = 0

  addEventListener('error', ({ message }) => thrown.push(message))
  addEventListener('unhandledrejection', ({ reason }) => thrown.push(`unhandled: ${reason}`))
  const { error } = console
  console.error = (...words) => {
    thrown.push(words.join(' '))
    error.apply(console, words)
  }

  const { now } = Date
  Date.now = () => now.call(Date) + skewMs

  const { setTimeout: start, clearTimeout: clear } = window
  const counted = (run: TimerHandler, ms?: number, ...given: unknown[]): unknown => {
    const timer = start.call(
      window,
      () => {
        timers.delete(timer)
        if (typeof run === 'function') run(...given)
      },
      ms,
    )
    timers.add(timer)
    return timer
  }
  const cleared = (timer?: number): void => {
    timers.delete(timer ?? 0)
    clear.call(window, timer)
  }
  Object.assign(window, { setTimeout: counted, clearTimeout: cleared })

  window.WebSocket = class extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given)
      sockets.add(this)
      this.addEventListener('close', () => sockets.delete(this))
    }
  }

  return {
    setClock: (byMs) => {
      skewMs += byMs
    },
    timers: () => timers.size,
    // One that is closing has not told the server yet.
    openSockets: () => [...sockets].filter(({ readyState }) => readyState === WebSocket.OPEN).length,
    socketStates: () => [...sockets].map(({ readyState }) => readyState),
    thrown,
  }
}
