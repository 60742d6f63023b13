import type { Connection } from './connection'
import type { Publication } from './publication'

/** What stands between Reverb and its clients and publishers, for faults. Control frames of WebSocket go round it. */
export interface Wire {
  /** A connection is there, before anything is said on it: also one that will be turned away. */
  opened?(connection: Connection): void
  /** Gets every frame on its way out. Not calling `send` loses it, calling it twice doubles it, later delays it. */
  outgoing?(frame: string, send: (frame: string) => void, connection: Connection): void
  /** False: Reverb does not hear this message. */
  incoming?(message: string, connection: Connection): boolean
  /** False: a subscription is refused (4009) as if its signature were wrong. */
  admits?(channel: string, connection: Connection): boolean
  /** Gets every event on its way from its publisher to its channels. Not calling `deliver` loses it for everyone. */
  publishing?(publication: Publication, deliver: (publication: Publication) => void): void
}
