import type { Stop } from '../core/environment'

/** How long a page that goes on loading is waited for once it is parsed, and one that is busy once it is loaded. */
const LOADING_MS = 5_000
const BUSY_MS = 1_000

/** Calls when the page is parsed; at once where it is. */
export const whenParsed = (run: () => void): void => {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', run, { once: true })
  else run()
}

/** Calls when the page is loaded and has nothing else to do, at latest 6 s after it was parsed. Returns what prevents it. */
export const whenDone = (run: () => void): Stop => {
  let isOver = false
  const once = (): void => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    if ('requestIdleCallback' in globalThis) requestIdleCallback(call, { timeout: BUSY_MS })
    else setTimeout(call, 1)
  }
  let isPrevented = false
  const call = (): void => {
    if (!isPrevented) run()
  }
  const timer = setTimeout(once, LOADING_MS)
  if (document.readyState === 'complete') once()
  else addEventListener('load', once, { once: true })
  return () => {
    isPrevented = true
  }
}
