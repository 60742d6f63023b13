import type { Bus, Environment, LockRequest, PageSignal, Stop, TabPorts } from '../engine/environment'
import { LONGEST_MS } from '../engine/settings'
import { ownOnly } from '../engine/shape'

/** The `Environment` that a browser provides. Reads no global before a member is used. */
export const browserEnvironment = (): Environment => ({
  get hasPage() {
    return typeof document !== 'undefined'
  },
  nowMs: () => Date.now(),
  random: () => Math.random(),
  // setTimeout is looked up at each call: fake timers and instrumentation replace it later.
  schedule: (delayMs, run) => {
    // Callers that wait longer look at the clock, and wait again.
    const timer = setTimeout(run, Math.min(delayMs, LONGEST_MS))
    return () => clearTimeout(timer)
  },
  isVisible: () => !isHidden(),
  isActivated: () => (globalThis.document as { prerendering?: unknown } | undefined)?.prerendering !== true,
  watchPage,
})

const isHidden = (): boolean => globalThis.document?.visibilityState === 'hidden'

const watchPage = (listener: (signal: PageSignal) => void): Stop => {
  const { document, window } = globalThis
  if (!document || !window) return () => undefined
  const { navigation } = window as { navigation?: unknown }
  const hear = (target: EventTarget, name: string, signal: PageSignal): Stop => {
    const run = (event: Event): void => {
      // A page is shown when it is loaded, and hidden when it goes for good, too: that is not the cache.
      if (name.startsWith('page') && !(event as PageTransitionEvent).persisted) return
      listener(signal === 'visible' && isHidden() ? 'hidden' : signal)
    }
    target.addEventListener(name, run)
    return () => target.removeEventListener(name, run)
  }
  const stops = [
    hear(document, 'visibilitychange', 'visible'),
    // These two do not bubble to the window (https://developer.chrome.com/docs/web-platform/page-lifecycle-api).
    hear(document, 'freeze', 'frozen'),
    hear(document, 'resume', 'resumed'),
    hear(document, 'prerenderingchange', 'activated'),
    hear(document, 'livewire:navigated', 'navigated'),
    hear(window, 'pagehide', 'left'),
    hear(window, 'pageshow', 'restored'),
    hear(window, 'focus', 'focused'),
    // The Navigation API, if any (https://html.spec.whatwg.org/multipage/nav-history-apis.html#navigation-interface): only this reports pushState().
    navigation instanceof EventTarget ? hear(navigation, 'currententrychange', 'moved') : null,
    hear(window, 'popstate', 'traversed'),
    hear(window, 'online', 'online'),
    hear(window, 'offline', 'offline'),
  ]
  return () => {
    for (const stop of stops) stop?.()
  }
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

const holdLock = (locks: LockManager, name: string, { steal, granted, lost, refused }: LockRequest): Stop => {
  const waiting = new AbortController()
  let isOver = false
  /** Null until it is granted. */
  let release: (() => void) | null = null
  const hold = (): Promise<void> | undefined => {
    if (isOver) return
    return new Promise((resolve) => {
      release = resolve
      granted()
    })
  }
  const fail = (cause: unknown): void => {
    if (isOver) return
    isOver = true
    // The lock may be stolen before `hold` was called.
    if (release || Object(cause).name === 'AbortError') lost()
    else refused()
  }
  // A request that steals must not have a signal (https://w3c.github.io/web-locks/#dom-lockmanager-request).
  const how = ownOnly<LockOptions>(steal ? { steal } : { signal: waiting.signal })
  // Inside a promise, because it throws in a document that is no longer active.
  Promise.resolve()
    .then(() => (isOver ? undefined : locks.request(name, how, hold)))
    .catch(fail)
  return () => {
    isOver = true
    release?.()
    waiting.abort()
  }
}
