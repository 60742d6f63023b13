/**
 * True once `DOMContentLoaded` has begun, and where there is no document. `interactive` begins before it, while deferred and module scripts still
 * run: who would listen may not be there yet.
 */
export const isParsed = (): boolean => {
  const state = globalThis.document?.readyState ?? 'complete'
  if (state !== 'interactive') return state === 'complete'
  const [navigation] = performance.getEntriesByType('navigation') as Partial<PerformanceNavigationTiming>[]
  return (navigation?.domContentLoadedEventStart ?? 0) > 0
}
