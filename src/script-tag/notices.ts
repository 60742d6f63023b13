import type { CartEcho } from '../engine/cart-echo'
import type { OnError } from '../engine/emitter'
import type { Environment } from '../engine/environment'
import { createFetching } from './fetching'
import type { ImportPart } from './parts'

/** What brings notices. */
export interface NoticesOptions {
  readonly cart: CartEcho
  readonly environment: Environment
  readonly importPart: ImportPart
  readonly onError: OnError
  /** Whether the cart's own code is there: it comes first. */
  readonly isReady: () => boolean
}

/** Has what shows notices fetched and shown, once the cart is there and listens; again where that failed, as long as it listens. */
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
