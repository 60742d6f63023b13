import type { Call, Handler } from '../http/call'
import type { Reply } from '../http/reply'
import type { Connection } from '../reverb/connection'
import type { Publication } from '../reverb/publication'
import type { CheckPolicy } from '../shop/check-policy'
import type { Replica } from '../shop/replica'

/** What an active fault does to what comes by. What it has no word for passes. */
export interface Disturbance {
  /** Gets an event on its way to Reverb. Gives whether the publisher believes that it arrived. */
  publication?(publication: Publication, pass: (publication: Publication) => boolean): boolean
  /** Gets a frame on its way to a client. */
  frame?(frame: string, pass: (frame: string) => void, connection: Connection): void
  /** False: what this client says is not heard. */
  hears?(connection: Connection): boolean
  /** False: nobody may connect a socket. */
  upgrades?(): boolean
  /** False: a subscription is refused. */
  admits?(channel: string): boolean
  /** Gives the answer to a request, instead of who would have answered or through them. */
  call?(call: Call, pass: Handler): ReturnType<Handler>
  /** Changes an answer, whoever gave it. */
  reply?(reply: Reply, call: Call): Reply | Promise<Reply>
  replica?(replica: Replica): Replica
  policy?(policy: CheckPolicy): CheckPolicy
  /** By how much the clock is wrong. */
  readonly skewMs?: number
  /** Undoes what the fault holds. */
  stop?(): void
}
