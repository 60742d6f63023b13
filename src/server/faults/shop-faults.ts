import type { Span } from './span'

/** Every session of a customer is gone; their browsers keep the void cookie. At once. */
export interface LoseSessionFault {
  readonly kind: 'lose-session'
  readonly customer: string | number
}

/** Every session of a customer is another's, as when somebody else logged in in another tab. At once. */
export interface SwapSessionFault {
  readonly kind: 'swap-session'
  readonly customer: string | number
  readonly to: string | number
}

/** The log forgets all but its newest entries. At once. */
export interface PruneFault {
  readonly kind: 'prune'
  /** @default all */
  readonly customer?: string | number | undefined
  /** How many entries are left. @default 0 */
  readonly keep?: number | undefined
}

/** The counter starts a new life, under another epoch. At once. */
export interface NewEpochFault {
  readonly kind: 'new-epoch'
  /** @default all */
  readonly customer?: string | number | undefined
}

/** Notes carts and log, to be restored later. At once. */
export interface BackupFault {
  readonly kind: 'backup'
}

/** Carts and log are as at the last backup; without one, as when the shop opened. At once. */
export interface RestoreFault {
  readonly kind: 'restore'
}

/** The check reads a replica that is behind. The cart and the sockets do not. */
export interface LagFault extends Span {
  readonly kind: 'lag'
  /** By so many entries. @default 0 */
  readonly entries?: number | undefined
  /** By everything that is younger. @default 0 */
  readonly ms?: number | undefined
  /**
   * What a page is told that is further. `cursor`: the replica's own, lower cursor, and nothing else. `reset`: what is
   * told to everybody who is ahead of the log. @default 'cursor'
   */
  readonly says?: 'cursor' | 'reset' | undefined
}

/** Check and page block tell pages something else. What is left out stays. */
export interface PolicyFault extends Span {
  readonly kind: 'policy'
  /** False: live updates are switched off. */
  readonly enabled?: boolean | undefined
  readonly pollMs?: number | undefined
  readonly auditMs?: number | undefined
  readonly resetSpreadMs?: number | undefined
}

/** The server's clock is wrong: `Date` headers, time stamps, `Retry-After` dates. It strikes with every answer. */
export interface SkewFault extends Span {
  readonly kind: 'skew'
  /** Below 0: it is slow. */
  readonly ms: number
}

/** How a server is restarted. */
export interface RestartOptions {
  /** How long nobody is there. @default 0 */
  readonly downMs?: number | undefined
  /** `nothing`: carts, logs and sessions are as when the shop opened. Reverb never remembers anything. @default 'memory' */
  readonly keep?: 'memory' | 'nothing' | undefined
  /** `sockets`: Reverb alone; the shop answers meanwhile. @default 'everything' */
  readonly what?: 'everything' | 'sockets' | undefined
}

/** Every connection ends, clients see 1006, and after a while the same port is open again. */
export interface RestartFault extends RestartOptions {
  readonly kind: 'restart'
}
