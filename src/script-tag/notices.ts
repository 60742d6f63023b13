import type { CartEcho } from '../engine/cart-echo'
import type { OnError } from '../engine/emitter'
import type { Environment } from '../engine/environment'
import { createFetching } from './fetching'
import type { ImportPart } from './parts'

/** What `bringNotices` needs. */
export interface NoticesOptions {
  readonly cart: CartEcho
  readonly environment: Environment
  readonly importPart: ImportPart
  readonly onError: OnError
  /** Whether the cart's own code is there, which comes first. */
  readonly isReady: () => boolean
}

/** Fetches the notice and shows it, once the cart's code is there and it listens; tries again after a failure, while it listens. */
export const bringNotices = ({ cart, environment, importPart, onError, isReady }: NoticesOptions): void => {
  const notices = createFetching({
    environment,
    load: () => importPart<typeof import('../notice/notice')>('notice'),
    isWanted: () => isReady() && cart.connection.get().name !== 'idle',
    arrived: ({ showNotices }) => void showNotices(cart),
    onError,
  })
  cart.connection.subscribe(notices.look)
}
