import { carryOut } from './carry-out'
import type { Disturbances } from './disturbances'
import type { Fault } from './fault'
import type { FaultReport } from './report'
import type { Stage } from './stage'
import { strikesOf } from './strikes-of'

/** What a fault runs with. */
export interface RunFaultOptions {
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
