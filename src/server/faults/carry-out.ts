import type { Disturbance } from './disturbance'
import type { Fault, FaultKind, FaultOf } from './fault'
import type { Hand } from './hand'
import { answer } from './kinds/answer'
import { backup } from './kinds/backup'
import { challenge } from './kinds/challenge'
import { delay } from './kinds/delay'
import { drop } from './kinds/drop'
import { duplicate } from './kinds/duplicate'
import { error } from './kinds/error'
import { hang } from './kinds/hang'
import { kill } from './kinds/kill'
import { lag } from './kinds/lag'
import { late } from './kinds/late'
import { loseSession } from './kinds/lose-session'
import { maintenance } from './kinds/maintenance'
import { newEpoch } from './kinds/new-epoch'
import { policy } from './kinds/policy'
import { prune } from './kinds/prune'
import { redirect } from './kinds/redirect'
import { refuse } from './kinds/refuse'
import { rejectSignatures } from './kinds/reject-signatures'
import { reorder } from './kinds/reorder'
import { restart } from './kinds/restart'
import { restore } from './kinds/restore'
import { silence } from './kinds/silence'
import { skew } from './kinds/skew'
import { slow } from './kinds/slow'
import { swapSession } from './kinds/swap-session'
import type { Stage } from './stage'

type CarryOut<F> = (fault: F, hand: Hand, stage: Stage) => Disturbance

const KINDS: { readonly [K in FaultKind]: CarryOut<FaultOf<K>> } = {
  kill,
  refuse,
  silence,
  delay,
  error,
  'reject-signatures': rejectSignatures,
  drop,
  duplicate,
  reorder,
  answer,
  hang,
  late,
  slow,
  redirect,
  maintenance,
  challenge,
  'lose-session': loseSession,
  'swap-session': swapSession,
  prune,
  'new-epoch': newEpoch,
  backup,
  restore,
  lag,
  policy,
  skew,
  restart,
}

/** Lets a fault begin. What is done at once is done when this returns. */
export const carryOut = (fault: Fault, hand: Hand, stage: Stage): Disturbance => {
  // The table pairs every kind with its own fault, which the compiler cannot follow across a union.
  const begin = KINDS[fault.kind] as CarryOut<Fault>
  return begin(fault, hand, stage)
}
