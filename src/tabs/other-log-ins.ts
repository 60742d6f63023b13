import { createAlarm, isYoung } from '../engine/clock'
import type { Environment, TabPorts } from '../engine/environment'
import { attempt, isRecord, own } from '../engine/shape'
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
    let isOver = false
    let askedAtMs = Number.NEGATIVE_INFINITY
    const ask = (): void => {
      askedAtMs = environment.nowMs()
      sink.resync(0, true)
    }
    const hear = (message: unknown): void => {
      if (isOver || !isRecord(message) || own(message, 'user') === user) return
      const nowMs = environment.nowMs()
      if (isYoung(askedAtMs, nowMs, NOT_SOONER_MS)) alarm.set(askedAtMs + NOT_SOONER_MS - nowMs, ask)
      else ask()
    }
    const bus = attempt(() => ports?.openBus(`${NAME} ${check}`, hear))
    attempt(() => bus?.post({ user }))
    const link = transport(sink)
    return {
      ...link,
      stop: () => {
        isOver = true
        alarm.stop()
        bus?.close()
        link.stop()
      },
    }
  }

const NAME = 'cart-echo/log-ins'
/** Whoever speaks on that bus without a pause must not have this page ask without one. */
const NOT_SOONER_MS = 10_000
