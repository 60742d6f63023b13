import type { Environment, Stop } from '../environment'
import { askHold } from '../hold'
import type { RefresherParts } from '../refresh'
import { LONGEST_SPREAD_MS, SETTLE_MS } from './limits'

/** The waiting of a refresh until it may run by itself. */
export interface Wait {
  /** True until its time has come; after that it waits for somebody, not for a time. */
  readonly isTimed: () => boolean
  readonly stop: Stop
}

/** What waiting needs. */
export type WaitParts = Pick<RefresherParts, 'environment' | 'options' | 'gate' | 'report'>

/** Some time within the spread, at random, 300 s at most. */
export const spreadInMs = (environment: Environment, spreadMs: number): number =>
  environment.random() * Math.min(spreadMs, LONGEST_SPREAD_MS)

/**
 * Waits until the burst has settled and `inMs` have passed, then until somebody looks at the page, the gate is open, and nothing holds
 * it back: then says go. From the opening of the gate it waits for a time again, within `spreadMs`.
 */
export const whenDue = (parts: WaitParts, inMs: number, spreadMs: number, go: () => void): Wait => {
  const { environment, options, gate, report } = parts
  let isTimed = true
  let isOver = false
  let stopWaiting: Stop = () => undefined

  const wait = (timed: boolean, stop: Stop): void => {
    stopWaiting()
    stopWaiting = stop
    isTimed = timed
  }

  const pass = (ms: number): void => wait(true, environment.schedule((options.settleMs ?? SETTLE_MS) + ms, fallDue))

  const fallDue = (): void => {
    if (!environment.isVisible()) wait(false, whenLookedAt(environment, fallDue))
    else if (!gate.isOpen())
      wait(
        false,
        gate.whenOpen(() => pass(spreadInMs(environment, spreadMs))),
      )
    else if (!isHeldBack()) go()
  }

  const isHeldBack = (): boolean => {
    const letGo = options.hold ? askHold(options.hold, fallDue, report) : null
    // Whoever was asked may have ended this.
    if (isOver) letGo?.()
    else if (letGo) wait(false, letGo)
    return isOver || letGo !== null
  }

  pass(inMs)
  return {
    isTimed: () => isTimed,
    stop: () => {
      isOver = true
      stopWaiting()
    },
  }
}

const whenLookedAt = (environment: Environment, lookedAt: () => void): Stop =>
  environment.watchPage((signal) => {
    if (signal === 'visible') lookedAt()
  })
