import type { Stop } from '../../engine/environment'
import type { Refresh, RefreshOptions } from '../../engine/refresh'
import { useRoom } from './room'
import { whileOpen } from './while-open'

/**
 * Says how the page reads its cart anew, as `client.onRefresh` does, until the effect scope ends (a component, a Pinia store); without one
 * until the app is unmounted. What is due or running then is dropped, and made up for by the next one, so the place for it is one that stays,
 * such as the layout or a store.
 * Returns a function that ends it sooner.
 * @throws {CartEchoError} `no-provider`, as `useCartEcho` does.
 *
 * @example
 * onCartRefresh(() => queryCache.invalidateQueries({ key: ['cart'] }))
 */
export const onCartRefresh = (refresh: Refresh, options?: RefreshOptions): Stop => {
  const room = useRoom()
  return whileOpen(room, () => room.client.onRefresh(refresh, options))
}
