import { useEffect } from 'react'
import type { Hold, Refresh, RefreshOptions } from '../../engine/refresh'
import { useLatest } from './latest'
import { useCartEcho } from './provider'

/**
 * Says how the page reads its cart anew, as `client.onRefresh` does, while the component is mounted. What is due or running when it is
 * unmounted, or hidden by `<Activity>`, is dropped, and made up for by the next one to be mounted or shown, so the place for it is one that stays, such as
 * the layout. It is always the newest function, and the newest `hold`; with another `settleMs` or `spreadMs` what is due begins anew.
 * @throws {CartEchoError} `no-provider`
 *
 * @example
 * useCartRefresh(() => queryClient.invalidateQueries({ queryKey: ['cart'] }))
 */
export const useCartRefresh = (refresh: Refresh, options: RefreshOptions = {}): void => {
  const { settleMs, spreadMs } = options
  const client = useCartEcho()
  const latest = useLatest([refresh, options.hold] as const)
  useEffect(() => {
    const run: Refresh = (request) => latest.current[0](request)
    const hold: Hold = (go) => latest.current[1]?.(go) ?? null
    return client.onRefresh(run, { settleMs, spreadMs, hold })
  }, [client, settleMs, spreadMs, latest])
}
