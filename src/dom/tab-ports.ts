import { ownOnly } from '../core/shape'
import type { Bus, LockRequest, TabPorts } from '../core/tab-ports'

/**
 * Web Locks and BroadcastChannel, where this page has both; null where it has not, such as over plain http: then every tab stands
 * alone. Opens nothing until it is asked.
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
      // What is on its way already would still be heard.
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
    // A theft may come before we knew that we had it.
    if (before === 'held' || Object(cause).name === 'AbortError') request.lost()
    else request.refused()
  }
  // The platform refuses to have a theft called off (https://w3c.github.io/web-locks/#dom-lockmanager-request).
  const how = ownOnly<LockOptions>(request.steal ? { steal: true } : { signal: waiting.signal })
  // A document that is not active any more throws.
  Promise.resolve()
    .then(() => (situation === 'over' ? undefined : locks.request(name, how, hold)))
    .catch(fail)
  return () => {
    situation = 'over'
    release()
    waiting.abort()
  }
}
