import type { Bus, Environment, LockRequest, PageSignal, Stop, TabPorts } from '../engine/environment'
import { ownOnly } from '../engine/shape'

// A longer setTimeout overflows and runs at once. Callers that wait longer look at the clock, and wait again.
const LONGEST_MS = 0x7fffffff

/** The `Environment` that a browser provides. Reads no global before a member is used. */
export const browserEnvironment = (): Environment => ({
  get hasPage() {
    return typeof document !== 'undefined'
  },
  nowMs: () => Date.now(),
  random: () => Math.random(),
  // setTimeout is looked up at each call: fake timers and instrumentation replace it later.
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
    // The Navigation API, if any (https://html.spec.whatwg.org/multipage/nav-history-apis.html#navigation-interface): only this reports pushState().
    hear(navigationOf(window), 'currententrychange', () => listener('moved')),
    hear(window, 'popstate', () => listener('traversed')),
    hear(window, 'online', () => listener('online')),
    hear(window, 'offline', () => listener('offline')),
  ]
  return () => {
    for (const stop of stops.splice(0)) stop()
  }
}

const navigationOf = (window: Window): EventTarget | null => {
  const { navigation } = window as { navigation?: unknown }
  return navigation instanceof EventTarget ? navigation : null
}

const hear = (target: EventTarget | null, name: string, run: (event: Event) => void): Stop => {
  target?.addEventListener(name, run)
  return () => target?.removeEventListener(name, run)
}

/**
 * Web Locks and BroadcastChannel; null when this page lacks one of them, such as over plain http: then every tab has its own
 * connection. Opens nothing until it is used.
 */
export const browserTabs = (): TabPorts | null => {
  const { document, navigator, BroadcastChannel } = globalThis
  if (!document || !navigator?.locks || !BroadcastChannel) return null
  return { lock: (name, request) => holdLock(navigator.locks, name, request), openBus }
}

const openBus: TabPorts['openBus'] = (name, hear): Bus => {
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }) => hear(data)
  return {
    post: (message) => channel.postMessage(message),
    close: () => {
      // Without this, messages that are already on their way would still be delivered.
      channel.onmessage = null
      channel.close()
    },
  }
}

const holdLock = (locks: LockManager, name: string, request: LockRequest): (() => void) => {
  const waiting = new AbortController()
  let situation: 'waiting' | 'held' | 'over' = 'waiting'
  let release = (): void => undefined
  const hold = (): Promise<void> | undefined => {
    if (situation === 'over') return
    situation = 'held'
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    request.granted()
    return held
  }
  const fail = (cause: unknown): void => {
    const before = situation
    situation = 'over'
    if (before === 'over') return
    // The lock may be stolen before `hold` was called.
    if (before === 'held' || Object(cause).name === 'AbortError') request.lost()
    else request.refused()
  }
  // A request that steals must not have a signal (https://w3c.github.io/web-locks/#dom-lockmanager-request).
  const how = ownOnly<LockOptions>(request.steal ? { steal: true } : { signal: waiting.signal })
  // Inside a promise, because it throws in a document that is no longer active.
  Promise.resolve()
    .then(() => (situation === 'over' ? undefined : locks.request(name, how, hold)))
    .catch(fail)
  return () => {
    situation = 'over'
    release()
    waiting.abort()
  }
}
