import { useSyncExternalStore } from 'react'
import type { Connection } from '../../core/connection'
import { useCartEcho } from './provider'

const unheard: Connection = Object.freeze({ name: 'idle', because: 'not-started', sinceMs: 0 })
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
