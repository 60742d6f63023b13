import type {
  AnswerFault,
  ChallengeFault,
  HangFault,
  LateFault,
  MaintenanceFault,
  RedirectFault,
  SlowFault,
} from './call-faults'
import type { DropFault, DuplicateFault, ReorderFault } from './event-faults'
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
