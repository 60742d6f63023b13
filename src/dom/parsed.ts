import { unclobbered } from '../core/named'

/**
 * True once `DOMContentLoaded` has begun, and where there is no document. `interactive` begins before it, while deferred and module scripts still
 * run: who would listen may not be there yet.
 */
export const isParsed = (): boolean => {
  const { document } = globalThis
  const state = document ? unclobbered(document, 'readyState') : 'complete'
  if (state !== 'interactive') return state === 'complete'
  const [navigation] = performance.getEntriesByType('navigation') as Partial<PerformanceNavigationTiming>[]
  return (navigation?.domContentLoadedEventStart ?? 0) > 0
}

/**
 * Calls once the page is parsed: at once where that is so, else at `DOMContentLoaded`, or at `load`, for a page that does not say (without a
 * navigation entry) that the first is over.
 */
export const whenParsed = (run: () => void): void => {
  if (isParsed()) return run()
  const hear = (): void => {
    document.removeEventListener('DOMContentLoaded', hear)
    removeEventListener('load', hear)
    run()
  }
  document.addEventListener('DOMContentLoaded', hear)
  addEventListener('load', hear)
}
