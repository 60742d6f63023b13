import type { ComputedRef } from 'vue'
import { type Connection, unheard } from '../../engine/state'
import { useRoom } from './room'
import { shownOf } from './shown'

/**
 * How the page is fed, and why so: a read-only ref of the very object that `client.connection.get()` gives. On a server, and until a
 * component that is hydrated is mounted, it is `idle: not-started` with `sinceMs` 0. Follows while the app is mounted.
 * @throws {CartEchoError} `no-provider`, as `useCartEcho` does.
 */
export const useCartConnection = (): ComputedRef<Connection> => shownOf(useRoom().connection, unheard)
