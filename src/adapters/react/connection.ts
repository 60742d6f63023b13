import { useSyncExternalStore } from 'react'
import { type Connection, unheard } from '../../engine/state'
import { useCartEcho } from './provider'

const onServer = (): Connection => unheard

/**
 * How the page is fed, and why so; renders anew when it is another. On a server, and while React hydrates what the server rendered,
 * it is `idle: not-started` with `sinceMs` 0.
 * @throws {CartEchoError} `no-provider`
 */
export const useCartConnection = (): Connection => {
  const { connection } = useCartEcho()
  return useSyncExternalStore(connection.subscribe, connection.get, onServer)
}
