import type { Fault } from './fault'

/** What is known of a fault. */
export interface FaultReport {
  readonly id: string
  /** As it was given. */
  readonly fault: Fault
  /** How often it struck. */
  readonly struck: number
  readonly active: boolean
  /** In milliseconds of `Date.now()`. */
  readonly startedAtMs: number
}
