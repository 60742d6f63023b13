import type { Call } from '../http/call'
import type { Connection } from '../reverb/connection'
import type { Customer } from '../shop/customers'
import type { DatabaseWork } from '../shop/database-work'
import type { Sessions } from '../shop/sessions'
import type { Timers } from './timers'
import type { Vault } from './vault'

/** What faults lay their hands on. */
export interface Stage {
  readonly timers: Timers
  /** Everybody who is connected by a socket. */
  connections(): ReadonlySet<Connection>
  /** Closes the port. Returns a function that opens it again, unless somebody else holds it. */
  closePort(): () => void
  /** Ends every connection there is, sockets without a close frame. */
  endConnections(): void
  /** Starts Reverb anew: it remembers nothing. */
  renewReverb(): void
  /** The shop as when it opened, without sessions. */
  forget(): void
  readonly sessions: Sessions
  readonly database: DatabaseWork
  /** What a restored database comes from. */
  readonly vault: Vault
  /** Who sent a request, by its session. */
  customerOf(call: Call): Customer | null
  /** The server's clock, wrong or right. */
  now(): number
}
