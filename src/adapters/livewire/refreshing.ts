import type { CartEcho } from '../../core/cart-echo'
import type { CartEchoError } from '../../core/errors'
import type { Refresh, RefreshRequest } from '../../core/refresh'
import { untilCommitted } from './commits'
import { findLivewire } from './surface'
import type { Targets } from './targets'

const SURE_FOR_MS = 5_000

/**
 * Lets Livewire read the cart anew. Not before the check has answered: Livewire shows a request that fails to the shopper, as a dialog
 * over the whole page.
 */
export const refreshThrough =
  (client: CartEcho, { ask }: Targets): Refresh =>
  async ({ signal }) => {
    await seeServer(client, signal)
    const livewire = findLivewire()
    if (livewire && !signal.aborted) await untilCommitted(livewire, signal, () => ask(livewire))
  }

// A page that has no check is fed by a socket that works.
const seeServer = async (client: CartEcho, signal: RefreshRequest['signal']): Promise<void> => {
  try {
    await client.check({ maxAgeMs: SURE_FOR_MS, refresh: false, signal })
  } catch (error) {
    if (client.connection.get().name !== 'live' || (error as CartEchoError).code !== 'cannot-check') throw error
  }
}
