import type { Call } from '../http/call'
import type { Listening } from '../listen'
import type { Connection } from '../reverb/connection'
import type { DatabaseWork } from '../shop/memory'
import type { Customer, Sessions } from '../shop/sessions'
import type { Vault } from './shop-faults'

/** What faults lay their hands on. */
export interface Stage {
  readonly timers: Timers
  /** Everybody who is connected by a socket. */
  connections(): ReadonlySet<Connection>
  /** Closes the port. Returns a function that opens it again, unless somebody else holds it. */
  closePort(): () => void
  /** Ends every connection there is, sockets without a close frame. */
  endConnections(): void
  /** Starts Reverb anew: it remembers nothing. */
  renewReverb(): void
  /** The shop as when it opened, without sessions. */
  forget(): void
  readonly sessions: Sessions
  readonly database: DatabaseWork
  /** What a restored database comes from. */
  readonly vault: Vault
  /** Who sent a request, by its session. */
  customerOf(call: Call): Customer | null
  /** The server's clock, wrong or right. */
  now(): number
}

/** Timers that can all be ended at once. */
interface Timers {
  /** Does something once, later. Returns a function that prevents it. */
  after(ms: number, run: () => void): () => void
  /** Resolves later. Never, when the timers are stopped before. */
  wait(ms: number): Promise<void>
  stop(): void
}

/** No timers yet. */
export const createTimers = (): Timers => {
  const cancels = new Set<() => void>()

  const after = (ms: number, run: () => void): (() => void) => {
    const timer = setTimeout(() => {
      cancels.delete(cancel)
      run()
    }, ms)
    const cancel = (): void => {
      clearTimeout(timer)
      cancels.delete(cancel)
    }
    cancels.add(cancel)
    return cancel
  }

  return {
    after,
    wait: (ms) => new Promise((resolve) => after(ms, resolve)),
    stop: () => {
      for (const cancel of [...cancels]) cancel()
    },
  }
}

/** A time with up to so much more, at random. */
export const jittered = (ms: number, jitterMs = 0): number => ms + Math.random() * jitterMs

/** The port of a server, which several can want closed at once. */
export interface Port {
  /** Closes it. Returns a function that lets go of it; calling it again does nothing. */
  close(): () => void
  isClosed(): boolean
  /** Resolves when it is open again; at once when it is. Never rejects when the server ends meanwhile. */
  whenOpen(): Promise<void>
}

/** The port of a listening server. It is open as long as nobody wants it closed. */
export const createPort = ({ shut, reopen }: Pick<Listening, 'shut' | 'reopen'>): Port => {
  const holders = new Set<() => void>()
  let opening: Promise<void> = Promise.resolve()

  const letGo = (holder: () => void): void => {
    if (!holders.delete(holder) || holders.size > 0) return
    opening = reopen()
    // Whoever waits hears of it; nobody has to wait.
    opening.catch(() => {})
  }
  return {
    close: () => {
      const holder = (): void => letGo(holder)
      if (holders.size === 0) shut()
      holders.add(holder)
      return holder
    },
    isClosed: () => holders.size > 0,
    whenOpen: () => opening,
  }
}
