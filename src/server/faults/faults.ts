import { decodeFault } from './decode-fault'
import type { Disturbances } from './disturbances'
import type { Fault, FaultReport } from './fault'
import { type RunningFault, runFault } from './running-fault'
import type { Stage } from './stage'

/** A fault that was started. */
export interface StartedFault {
  readonly id: string
  /** Resolves when it is over, by itself or lifted. */
  readonly ended: Promise<void>
  report(): FaultReport
  /** Ends it. Calling it again does nothing. */
  lift(): void
}

/** All faults, as they stand. */
export interface FaultList {
  /** In the order they were started. */
  readonly active: readonly FaultReport[]
  /** The last fifty that are over, the newest first. */
  readonly over: readonly FaultReport[]
}

/** Faults on demand. */
export interface Faults {
  /**
   * Starts a fault. What happens at once has happened when this returns.
   * @throws {CartEchoServerError} `bad-fault`
   */
  start(fault: Fault): StartedFault
  list(): FaultList
  /** Lifts every fault. */
  clear(): void
}

/** Faults as the server itself needs them. */
export interface FaultDesk extends Faults {
  /**
   * A fault that is on the list and begins when told.
   * @throws {CartEchoServerError} `bad-fault`
   */
  prepare(fault: unknown): RunningFault
  /** Lifts one fault. False when there is none of that id. */
  lift(id: string): boolean
  /** Lifts every fault and ends every timer. */
  stop(): void
}

const KEPT_OVER = 50

/** No fault yet. */
export const createFaults = (disturbances: Disturbances, stage: Stage): FaultDesk => {
  let running: readonly RunningFault[] = []
  let over: readonly RunningFault[] = []
  let started = 0

  const retire = (id: string): void => {
    over = [...running.filter((one) => one.id === id), ...over].slice(0, KEPT_OVER)
    running = running.filter((one) => one.id !== id)
  }
  const prepare = (value: unknown): RunningFault => {
    const fault = decodeFault(value)
    started += 1
    const id = `f${started}`
    const prepared = runFault({ id, fault, disturbances, stage, onEnd: () => retire(id) })
    running = [...running, prepared]
    return prepared
  }
  const clear = (): void => {
    for (const fault of running) fault.lift()
  }

  return {
    prepare,
    start: (fault) => {
      const prepared = prepare(fault)
      prepared.begin()
      const { id, ended, report, lift } = prepared
      return { id, ended, report, lift }
    },
    list: () => ({ active: running.map(reportOf), over: over.map(reportOf) }),
    clear,
    lift: (id) => {
      const fault = running.find((one) => one.id === id)
      fault?.lift()
      return fault !== undefined
    },
    stop: () => {
      clear()
      stage.timers.stop()
    },
  }
}

const reportOf = (fault: RunningFault): FaultReport => fault.report()
