import { createAlarm } from '../engine/clock'
import type { Environment, TabPorts } from '../engine/environment'
import { attempt, own } from '../engine/shape'
import type { Transport } from '../engine/transport'

/** What makes a page notice that somebody else has logged in in this browser. */
interface OtherLogInsOptions {
  readonly environment: Environment
  /** Null where the browser has no bus between its tabs: then nothing is noticed. */
  readonly ports: TabPorts | null
  /** The whole address of the check: pages that ask elsewhere are of another shop. */
  readonly check: string
  /** Who looks; null for a guest. */
  readonly user: string | null
  readonly transport: Transport
}

/**
 * Runs a transport, and tells the pages of this origin for whom. One of another customer, who was logged in before, has the check say at once whether
 * its own still is; by itself it would notice at the next audit. It believes nothing of what it hears. Never throws.
 */
export const besideOtherLogIns =
  ({ environment, ports, check, user, transport }: OtherLogInsOptions): Transport =>
  (sink) => {
    const alarm = createAlarm(environment)
    let notBeforeMs = 0
    const ask = (): void => {
      notBeforeMs = environment.nowMs() + NOT_SOONER_MS
      sink.resync(0, true)
    }
    const hear = (message: unknown): void => {
      if (own(Object(message), 'user') === user) return
      // A clock that was put back must not put it off for longer.
      alarm.set(Math.min(NOT_SOONER_MS, Math.max(0, notBeforeMs - environment.nowMs())), ask)
    }
    const bus = attempt(() => ports?.openBus(`${NAME} ${check}`, hear))
    attempt(() => bus?.post({ user }))
    const link = transport(sink)
    return {
      ...link,
      stop: () => {
        alarm.stop()
        bus?.close()
        link.stop()
      },
    }
  }

const NAME = 'cart-echo/log-ins'
/** Whoever speaks on that bus without a pause must not have this page ask without one. */
const NOT_SOONER_MS = 10_000
