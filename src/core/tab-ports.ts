import type { Stop } from './environment'

/** What the tabs of one browser share. `browserTabs()` answers it for pages. */
export interface TabPorts {
  /** Waits in line for a lock, or takes it from whoever has it. Returns what leaves the line, or gives the lock back. Never throws. */
  lock(name: string, request: LockRequest): Stop
  /** Opens a line to all others who opened one of this name. Messages of each arrive in the order in which they were sent. */
  openBus(name: string, hear: (message: unknown) => void): Bus
}

/** A wish for a lock, and who hears what becomes of it. Nobody is told after it was given up. */
export interface LockRequest {
  /** True: whoever has it loses it. */
  readonly steal: boolean
  readonly granted: () => void
  /** Somebody stole it. */
  readonly lost: () => void
  /** This page may not have locks. */
  readonly refused: () => void
}

/** A line to the other tabs. */
export interface Bus {
  /** Sends to all others; throws what cannot be cloned. */
  readonly post: (message: unknown) => void
  readonly close: Stop
}
