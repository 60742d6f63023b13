import type { Stop } from '../engine/environment'

/** Draws when there is something to draw. */
export interface Pulse {
  /** Draws with the next frame. */
  readonly wake: () => void
  /** Whether anything is to be seen. While not, and while the page is hidden, nothing is drawn, and no timer or frame is waited for. */
  readonly show: (isShown: boolean) => void
  readonly stop: Stop
}

/** `draw` says in how many milliseconds there is something new to see by itself; null: not before `wake` is called. */
export const createPulse = (draw: () => number | null): Pulse => {
  const listening = new AbortController()
  let isShown = false
  let frame: number | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const rest = (): void => {
    clearTimeout(timer)
    if (frame !== null) cancelAnimationFrame(frame)
    frame = null
  }

  const wake = (): void => {
    if (!isShown || frame !== null || document.visibilityState === 'hidden' || listening.signal.aborted) return
    clearTimeout(timer)
    frame = requestAnimationFrame(() => {
      frame = null
      const inMs = draw()
      if (inMs !== null && isShown && !listening.signal.aborted) timer = setTimeout(wake, inMs)
    })
  }

  const look = (): void => {
    if (document.visibilityState === 'hidden') rest()
    else wake()
  }

  document.addEventListener('visibilitychange', look, { signal: listening.signal })
  return {
    wake,
    show: (next) => {
      isShown = next
      if (isShown) wake()
      else rest()
    },
    stop: () => {
      listening.abort()
      rest()
    },
  }
}
