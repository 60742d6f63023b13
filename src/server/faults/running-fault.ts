import { answer, challenge, hang, late, maintenance, redirect, slow } from './call-faults'
import type { Disturbance, Disturbances } from './disturbances'
import { drop, duplicate, reorder } from './event-faults'
import { type Fault, type FaultKind, type FaultOf, type FaultReport, strikesOf } from './fault'
import { backup, lag, loseSession, newEpoch, policy, prune, restart, restore, skew, swapSession } from './shop-faults'
import { delay, error, kill, refuse, rejectSignatures, silence } from './socket-faults'
import type { Stage } from './stage'

/** What a fault runs with. */
interface RunFaultOptions {
  readonly id: string
  readonly fault: Fault
  readonly disturbances: Disturbances
  readonly stage: Stage
  /** Hears that it is over. */
  onEnd(): void
}

/** One fault from its beginning to its end. */
export interface RunningFault {
  readonly id: string
  readonly ended: Promise<void>
  begin(): void
  report(): FaultReport
  lift(): void
}

/** A fault that waits to begin. It ends by its strikes, its time, by itself, or when lifted; then all is undone. */
export const runFault = ({ id, fault, disturbances, stage, onEnd }: RunFaultOptions): RunningFault => {
  const startedAtMs = Date.now()
  const limit = strikesOf(fault)
  const { ended, resolve } = createEnd()
  let [struck, active] = [0, true]
  let undo = (): void => {}

  const lift = (): void => {
    if (!active) return
    active = false
    undo()
    onEnd()
    resolve()
  }
  const strike = (times = 1): void => {
    struck += times
    if (struck >= limit) lift()
  }
  const begin = (): void => {
    if (!active) return
    const cancel = 'forMs' in fault && fault.forMs !== undefined ? stage.timers.after(fault.forMs, lift) : () => {}
    const disturbance = carryOut(fault, { strike, end: lift }, stage)
    const putOut = disturbances.add(disturbance)
    undo = () => {
      cancel()
      putOut()
      disturbance.stop?.()
    }
    // What is done at once is over before it could be undone.
    if (!active) undo()
  }

  return { id, ended, begin, report: () => ({ id, fault, struck, active, startedAtMs }), lift }
}

const createEnd = (): { readonly ended: Promise<void>; resolve(): void } => {
  let resolve = (): void => {}
  const ended = new Promise<void>((done) => {
    resolve = done
  })
  return { ended, resolve: () => resolve() }
}

/** What a fault reports while it is active. */
export interface Hand {
  /** It struck, once or several times. Ends it when that is often enough. */
  strike(times?: number): void
  /** It is over. */
  end(): void
}

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
const carryOut = (fault: Fault, hand: Hand, stage: Stage): Disturbance => {
  // The table pairs every kind with its own fault, which the compiler cannot follow across a union.
  const begin = KINDS[fault.kind] as CarryOut<Fault>
  return begin(fault, hand, stage)
}
