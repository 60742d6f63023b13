import type { Span } from './span'

/** `next`: the next one; with `times` or `forMs` the next so many, or all for so long. `nth`: 1 is the next. `every`: the 2nd, 4th, 6th … for 2. */
export type Which = 'next' | { readonly nth: number } | { readonly every: number }

/** Which published events a fault is about, whoever publishes them. */
export interface EventSpan extends Span {
  /** Only events of this name. @default all */
  readonly event?: string | undefined
  /** Only events on the channel of this customer. @default everybody's */
  readonly customer?: string | number | undefined
}

/** Events do not reach the sockets. */
export interface DropFault extends EventSpan {
  readonly kind: 'drop'
  /**
   * `last`: the one that nothing follows on its channel for `quietMs`. It can be known only afterwards, so each event
   * waits for the next one as long as the fault is active. @default 'next'
   */
  readonly which?: Which | 'last' | undefined
  /** True: the shop learns that its broadcast failed, so that an outbox tells it again. For `last` nobody learns. @default true */
  readonly noticed?: boolean | undefined
  /** @default 100 */
  readonly quietMs?: number | undefined
}

/** Events reach the sockets several times, one after the other. */
export interface DuplicateFault extends EventSpan {
  readonly kind: 'duplicate'
  /** @default 'next' */
  readonly which?: Which | undefined
  /** How many arrive in all. @default 2 */
  readonly copies?: number | undefined
}

/** Events are overtaken by later ones of their channel. One that is still held when the fault ends goes out then. */
export interface ReorderFault extends EventSpan {
  readonly kind: 'reorder'
  /** @default 'next' */
  readonly which?: Which | undefined
  /** By how many. @default 1 */
  readonly after?: number | undefined
}
