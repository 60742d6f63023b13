import type { Faults } from './faults/faults'
import type { Seen } from './faults/seen'
import type { RestartOptions } from './faults/shop-faults'
import type { DatabaseWork } from './shop/memory'
import type { Promotions } from './shop/promotions'
import type { Broadcast, Publish } from './shop/publish'
import type { ShopState } from './shop/state'

/** A running server. */
export interface CartEchoServer {
  /** Where it is, without a slash at the end. */
  readonly url: string
  /** What publishers and pages need to reach its Reverb. */
  readonly reverb: {
    readonly appId: string
    readonly key: string
    readonly secret: string
    readonly host: string
    readonly port: number
    readonly scheme: 'http'
  }
  /** The shop's own people. */
  readonly shop: ShopPeople
  /** Everything that can go wrong, on demand. */
  readonly faults: Faults
  /** How many sockets are open. */
  sockets(): number
  /** What came by so far. With `reset` it counts anew afterwards. */
  seen(options?: { readonly reset?: boolean | undefined }): Seen
  /**
   * Ends every connection as a stopped Reverb does (clients see 1006), and opens the same port again after a while.
   * Resolves when it is open.
   * @throws {CartEchoServerError} `bad-fault`
   */
  restart(options?: RestartOptions): Promise<void>
  /** Ends every connection as a stopped Reverb does (clients see 1006) and leaves nothing behind. Can be called again. */
  close(): Promise<void>
}

/** What the shop's own people can do. */
export interface ShopPeople extends Promotions, DatabaseWork {
  readonly publish: Publish
  readonly broadcast: Broadcast
  state(): ShopState
  /** Broadcasts again what did not go out, as a server of level `outbox` does by itself. Gives how many went out now. */
  sweep(): number
}
