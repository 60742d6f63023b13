import { createAlarm, isYoung } from './clock'
import type { Environment } from './environment'

const NOT_SOONER_MS = 500
/** Pages announce in what follows a refresh, such as a framework's own event after it. */
const AFTERMATH_MS = 1_000

/**
 * When a page tells the shopper's other tabs that it has changed the cart. Not what it reads because one of them said so: otherwise two tabs
 * that each announce what they read would go on for ever.
 */
export const createSiblings = (environment: Environment, isReading: () => boolean, tell: () => void) => {
  const { nowMs } = environment
  const pending = createAlarm(environment)
  let toldAtMs = Number.NEGATIVE_INFINITY
  /** When another tab last said that it had changed the cart; once this page has read the cart anew, when that was. */
  let changedThereAtMs = Number.NEGATIVE_INFINITY
  let isUnread = false

  const announce = (): void => {
    toldAtMs = nowMs()
    tell()
  }

  return {
    /** Another tab has changed the cart. */
    changedThere: (): void => {
      changedThereAtMs = nowMs()
      isUnread = true
    },
    /** This page has changed the cart itself. Told at once, and once more for all that follow within half a second. */
    changedHere: (): void => {
      if ((isUnread && isReading()) || isYoung(changedThereAtMs, nowMs(), AFTERMATH_MS)) return
      if (isYoung(toldAtMs, nowMs(), NOT_SOONER_MS)) pending.set(toldAtMs + NOT_SOONER_MS - nowMs(), announce)
      else announce()
    },
    /** This page has read the cart anew. */
    caughtUp: (): void => {
      if (isUnread) changedThereAtMs = nowMs()
      isUnread = false
    },
    /** Tells what is pending, and ends. `changedHere` may follow. */
    stop: (): void => {
      if (pending.stop()) tell()
      toldAtMs = Number.NEGATIVE_INFINITY
      changedThereAtMs = Number.NEGATIVE_INFINITY
      isUnread = false
    },
  }
}
