import type {
  AnswerFault,
  ChallengeFault,
  HangFault,
  LateFault,
  MaintenanceFault,
  RedirectFault,
  SlowFault,
} from './call-faults'
import type { DropFault, DuplicateFault, ReorderFault, Which } from './event-faults'
import type {
  BackupFault,
  LagFault,
  LoseSessionFault,
  NewEpochFault,
  PolicyFault,
  PruneFault,
  RestartFault,
  RestoreFault,
  SkewFault,
  SwapSessionFault,
} from './shop-faults'
import type {
  DelayFault,
  ErrorFault,
  KillFault,
  RefuseFault,
  RejectSignaturesFault,
  SilenceFault,
} from './socket-faults'

/** Something that goes wrong on demand. Any number can be active at once; they compose. */
export type Fault =
  | KillFault
  | RefuseFault
  | SilenceFault
  | DelayFault
  | ErrorFault
  | RejectSignaturesFault
  | DropFault
  | DuplicateFault
  | ReorderFault
  | AnswerFault
  | HangFault
  | LateFault
  | SlowFault
  | RedirectFault
  | MaintenanceFault
  | ChallengeFault
  | LoseSessionFault
  | SwapSessionFault
  | PruneFault
  | NewEpochFault
  | BackupFault
  | RestoreFault
  | LagFault
  | PolicyFault
  | SkewFault
  | RestartFault

/** The name of a kind of fault. */
export type FaultKind = Fault['kind']

/** The faults of one kind. */
export type FaultOf<K extends FaultKind> = Extract<Fault, { readonly kind: K }>

/** When a fault ends by itself: whichever is first. With neither it goes on until it is lifted. */
export interface Span {
  /** After so many strikes. */
  readonly times?: number | undefined
  /** After so many milliseconds. */
  readonly forMs?: number | undefined
}

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

/** After how many strikes a fault ends by itself. A fault of events that names no end strikes once. */
export const strikesOf = (fault: Fault): number => {
  const { times, forMs }: Span = 'times' in fault || 'forMs' in fault ? fault : {}
  if (times !== undefined) return times
  const isOfEvents = fault.kind === 'drop' || fault.kind === 'duplicate' || fault.kind === 'reorder'
  if (!isOfEvents || isEvery(fault.which)) return Number.POSITIVE_INFINITY
  if (typeof fault.which === 'object') return 1
  return forMs === undefined ? 1 : Number.POSITIVE_INFINITY
}

const isEvery = (which: Which | 'last' | undefined): boolean => typeof which === 'object' && 'every' in which
