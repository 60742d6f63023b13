/** How long a page that goes on loading is waited for once it is parsed, and one that is busy once it is loaded. */
const LOADING_MS = 5_000
const BUSY_MS = 1_000

/** Calls when the page is parsed, which is `DOMContentLoaded`; at once where that is over. */
export const whenParsed = (run: () => void): void => {
  if (isParsed()) run()
  else document.addEventListener('DOMContentLoaded', run, { once: true })
}

// A `defer` script runs when the page is `interactive` already, but before the scripts after it, and before the event.
const isParsed = (): boolean => {
  if (document.readyState !== 'interactive') return document.readyState === 'complete'
  const [navigation] = performance.getEntriesByType('navigation') as Partial<PerformanceNavigationTiming>[]
  return (navigation?.domContentLoadedEventStart ?? 0) > 0
}

/** Calls when the page is loaded and has nothing else to do, at latest 6 s from now. */
export const whenDone = (run: () => void): void => {
  let isOver = false
  const once = (): void => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: BUSY_MS })
    else setTimeout(run, 1)
  }
  const timer = setTimeout(once, LOADING_MS)
  if (document.readyState === 'complete') once()
  else addEventListener('load', once, { once: true })
}

/** Resolves when somebody has asked for the page: at once, but for one that is prerendered. */
export const whenActivated = (): Promise<void> =>
  new Promise((resolve) => {
    const { prerendering } = document as { prerendering?: boolean }
    if (prerendering) document.addEventListener('prerenderingchange', () => resolve(), { once: true })
    else resolve()
  })
