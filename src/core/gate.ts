import type { Connection } from './connection'
import type { Stop } from './environment'
import type { Source } from './source'

/** Opens and closes: what waits for it does not run by itself meanwhile. */
export interface Gate {
  readonly isOpen: () => boolean
  /** Calls whenever it opens, until stopped. */
  readonly whenOpen: (opened: () => void) => Stop
}

/** Closed while nothing works: the server is probably away, and the cart with it. */
export const whileAnythingWorks = (connection: Source<Connection>): Gate => ({
  isOpen: () => connection.get().name !== 'waiting',
  whenOpen: (opened) =>
    connection.subscribe(({ name }) => {
      if (name !== 'waiting') opened()
    }),
})
