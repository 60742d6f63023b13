import type { Environment, PageSignal, Stop } from '../core/environment'

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
  isVisible: () => globalThis.document?.visibilityState !== 'hidden',
  isActivated: () => (globalThis.document as { prerendering?: unknown } | undefined)?.prerendering !== true,
  watchPage,
})

const watchPage = (listener: (signal: PageSignal) => void): Stop => {
  const { document, window } = globalThis
  if (!document || !window) return () => undefined
  const stops = [
    hear(document, 'visibilitychange', () => listener(document.visibilityState === 'hidden' ? 'hidden' : 'visible')),
    // These two do not bubble to the window (https://developer.chrome.com/docs/web-platform/page-lifecycle-api).
    hear(document, 'freeze', () => listener('frozen')),
    hear(document, 'resume', () => listener('resumed')),
    hear(document, 'prerenderingchange', () => listener('activated')),
    hear(document, 'livewire:navigated', () => listener('navigated')),
    hear(window, 'pagehide', (event) => (event as PageTransitionEvent).persisted && listener('left')),
    hear(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && listener('restored')),
    hear(window, 'focus', () => listener('focused')),
    hear(window, 'popstate', () => listener('traversed')),
    hear(window, 'online', () => listener('online')),
    hear(window, 'offline', () => listener('offline')),
  ]
  return () => {
    for (const stop of stops.splice(0)) stop()
  }
}

const hear = (target: EventTarget, name: string, run: (event: Event) => void): Stop => {
  target.addEventListener(name, run)
  return () => target.removeEventListener(name, run)
}
