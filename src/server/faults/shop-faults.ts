import { behindBy, changedPolicy } from '../shop/check'
import type { LogView } from '../shop/log-answer'
import type { Backup } from '../shop/memory'
import { knownCustomer } from '../shop/sessions'
import type { Disturbance } from './disturbances'
import type { Span } from './fault'
import type { Hand } from './running-fault'
import { refuse } from './socket-faults'
import type { Stage } from './stage'

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

/** Where the last backup lies. */
export interface Vault {
  put(backup: Backup): void
  newest(): Backup
}

/** A vault with a first backup. */
export const createVault = (first: Backup): Vault => {
  let newest = first
  return {
    put: (backup) => {
      newest = backup
    },
    newest: () => newest,
  }
}

/** Notes carts and logs as they stand. */
export const backup = (_fault: BackupFault, { strike, end }: Hand, { vault, database }: Stage): Disturbance => {
  vault.put(database.backup())
  strike()
  end()
  return {}
}

/** Shows the check an older log. */
export const lag = (fault: LagFault, { strike }: Hand, { now }: Stage): Disturbance => {
  const { entries = 0, ms = 0, says = 'cursor' } = fault
  const younger = ({ entries: kept }: LogView): number => kept.filter(({ atMs }) => atMs > now() - ms).length
  return {
    replica: ({ view }) => {
      strike()
      return { view: behindBy(view, Math.max(entries, ms > 0 ? younger(view) : 0)), says }
    },
  }
}

/** Voids a customer's sessions. */
export const loseSession = (
  { customer }: LoseSessionFault,
  { strike, end }: Hand,
  { sessions }: Stage,
): Disturbance => {
  strike(sessions.lose(knownCustomer(customer)))
  end()
  return {}
}

/** Starts a new life of the counter. */
export const newEpoch = ({ customer }: NewEpochFault, { strike, end }: Hand, stage: Stage): Disturbance => {
  stage.database.newEpoch(customer ?? null)
  strike()
  end()
  return {}
}

/** Tells pages something else. */
export const policy = (fault: PolicyFault, { strike }: Hand): Disturbance => ({
  policy: (told) => {
    strike()
    return changedPolicy(told, fault)
  },
})

/** Makes the log forget. */
export const prune = ({ customer, keep = 0 }: PruneFault, { strike, end }: Hand, stage: Stage): Disturbance => {
  stage.database.prune(customer ?? null, keep)
  strike()
  end()
  return {}
}

/** Ends all there is, and lets people in again after a while. */
export const restart = (fault: RestartFault, { strike, end }: Hand, stage: Stage): Disturbance => {
  const { downMs = 0, keep = 'memory', what = 'everything' } = fault
  const away = refuse({ what }, { strike: () => {} }, stage)
  if (what === 'everything') stage.endConnections()
  else for (const connection of stage.connections()) connection.drop()
  stage.renewReverb()
  if (keep === 'nothing') stage.forget()
  strike()
  stage.timers.after(downMs, end)
  return away
}

/** Brings carts and logs back as they were noted last. */
export const restore = (_fault: RestoreFault, { strike, end }: Hand, { vault, database }: Stage): Disturbance => {
  database.restore(vault.newest())
  strike()
  end()
  return {}
}

/** Sets the clock wrong. */
export const skew = ({ ms }: SkewFault, { strike }: Hand): Disturbance => ({
  skewMs: ms,
  reply: (reply) => {
    strike()
    return reply
  },
})

/** Gives a customer's sessions to another. */
export const swapSession = (
  { customer, to }: SwapSessionFault,
  { strike, end }: Hand,
  { sessions }: Stage,
): Disturbance => {
  strike(sessions.hand(knownCustomer(customer), knownCustomer(to)))
  end()
  return {}
}
