import type { Environment, Stop } from './environment'

/** One thing that is to happen later. What is planned anew takes the place of what was planned before. */
export interface Alarm {
  readonly set: (inMs: number, run: () => void) => void
  /** Drops what is planned. `set` may follow. */
  readonly stop: Stop
}

/** An alarm that is not set. */
export const createAlarm = (environment: Environment): Alarm => {
  let stop: Stop = () => undefined
  return {
    set: (inMs, run) => {
      stop()
      stop = environment.schedule(inMs, run)
    },
    stop: () => stop(),
  }
}
