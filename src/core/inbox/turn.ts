import type { Decode } from '../decode'
import type { Moment } from '../moment'
import type { Effect, StaleReason } from './effect'
import type { Inbox } from './state'

/** What an inbox goes by. */
export interface InboxRules {
  /** The decoder of each event the page listens to. */
  readonly events: ReadonlyMap<string, Decode<unknown>>
  /** The cart instance that is told; others advance the cursor untold. */
  readonly instance: string
  /** False where there is no check: then nothing is asked and a hole is only waited for. */
  readonly canAsk: boolean
}

/** One step of an inbox in the making. Lives no longer than `takeIn`. */
export interface Turn {
  inbox: Inbox
  readonly effects: Effect[]
  readonly rules: InboxRules
  readonly moment: Moment
}

/** Changes what the inbox remembers. */
export const set = (turn: Turn, change: Partial<Inbox>): void => {
  turn.inbox = { ...turn.inbox, ...change }
}

/** Says that the cart on the page may be older than the server's. */
export const beStale = (turn: Turn, because: StaleReason, spreadMs?: number): void => {
  turn.effects.push({ name: 'stale', because, spreadMs })
}
