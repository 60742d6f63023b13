import { attempt } from '../core/attempt'
import { isRecord, own } from '../core/shape'
import type { TabPorts } from '../core/tab-ports'
import type { Transport } from '../core/transport'

/** What makes a page notice that somebody else has logged in in this browser. */
export interface OtherLogInsOptions {
  /** Null where the browser has no line between its tabs: then nothing is noticed. */
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
  ({ ports, check, user, transport }: OtherLogInsOptions): Transport =>
  (sink) => {
    let isOver = false
    const hear = (message: unknown): void => {
      if (!isOver && isRecord(message) && own(message, 'user') !== user) sink.gap('log-in')
    }
    const bus = attempt(() => ports?.openBus(`${NAME} ${check}`, hear))
    attempt(() => bus?.post({ user }))
    const link = transport(sink)
    return {
      ...link,
      stop: () => {
        isOver = true
        bus?.close()
        link.stop()
      },
    }
  }

const NAME = 'cart-echo/log-ins'
