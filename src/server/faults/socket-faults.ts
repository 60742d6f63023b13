import type { Span } from './span'

/** Every socket ends, without a close frame: clients see 1006. At once. */
export interface KillFault {
  readonly kind: 'kill'
}

/** Nobody is let in any more. Open sockets stay, and what is published meanwhile reaches nobody. */
export interface RefuseFault extends Span {
  readonly kind: 'refuse'
  /**
   * `everything`: the port is closed, clients see a refused connection. Over HTTP `forMs` is needed then: nobody could
   * lift it. `sockets`: the shop goes on; upgrades and the HTTP API of Reverb get a connection that ends without an
   * answer. @default 'everything'
   */
  readonly what?: 'everything' | 'sockets' | undefined
}

/** Sockets stay open and hear nothing; what they say is read when it ends. What was to be sent to them meanwhile is lost. */
export interface SilenceFault extends Span {
  readonly kind: 'silence'
  /** `open`: those that are open when it begins. `all`: those that open meanwhile, too; not even a greeting comes. @default 'open' */
  readonly sockets?: 'open' | 'all' | undefined
}

/** Frames to clients come later. Among those that do, the order of each socket is kept. */
export interface DelayFault extends Span {
  readonly kind: 'delay'
  readonly ms: number
  /** Up to so much more, at random. @default 0 */
  readonly jitterMs?: number | undefined
  /** `events`: what Reverb itself says (greeting, pong, subscribed) is not delayed. @default 'all' */
  readonly frames?: 'all' | 'events' | undefined
}

/** Sockets are told an error (`pusher:error`), such as 4004 or 4201. */
export interface ErrorFault extends Span {
  readonly kind: 'error'
  readonly code: number
  readonly message: string
  /** `now`: all open sockets, once. `connect`: whoever connects, instead of the greeting. @default 'now' */
  readonly at?: 'now' | 'connect' | undefined
  /** What follows: nothing, the end without a close frame (1006), or a close frame. @default 'stay' */
  readonly end?: 'stay' | 'drop' | 'close' | undefined
  /** In the close frame. @default 1000 */
  readonly closeCode?: number | undefined
}

/** Every subscription is answered 4009, as if its signature were wrong. */
export interface RejectSignaturesFault extends Span {
  readonly kind: 'reject-signatures'
  /** Only on the channel of this customer. @default everybody's */
  readonly customer?: string | number | undefined
}
