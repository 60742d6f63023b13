import type { CartEcho } from '../../engine/cart-echo'
import type { CartEchoError } from '../../engine/errors'
import type { Refresh, RefreshRequest } from '../../engine/refresh'
import { untilCommitted } from './commits'
import { createExpiry } from './expired'
import { watchLatecomers } from './latecomers'
import { showOffer } from './offer'
import { findLivewire, type LivewireComponent, type LivewireLike } from './surface'
import type { Targets } from './targets'

const SURE_FOR_MS = 5_000

/**
 * Lets Livewire read the cart anew. Not before the check has answered: a server that does not answer is not asked by every component.
 *
 * Livewire says `livewire:navigated` when it has started, and when it has put another page in place. A run before the first, or across the
 * second, has reached components that are not there, or not those that are there now: then another one follows, until aborted.
 */
export const refreshThrough = (client: CartEcho, targets: Targets, until: AbortSignal): Refresh => {
  let isInVain = false
  const isIdle = (): boolean => client.connection.get().name === 'idle'
  const again = (): void => {
    if (isInVain && !isIdle()) refreshNow(client)
  }
  document.addEventListener('livewire:navigated', again, { signal: until })
  const whenExpired = createExpiry(until)
  const read = (livewire: LivewireLike, signal: RefreshRequest['signal'], ask: Targets['ask']): Promise<void> =>
    whenExpired((mayShow) => untilCommitted(livewire, signal, { ask, isOurs: targets.isOurs, mayShow }))
  const askLate = async (component: LivewireComponent): Promise<void> => {
    const livewire = findLivewire()
    if (!livewire || isIdle()) return
    const over = new AbortController()
    until.addEventListener('abort', () => over.abort(), { signal: over.signal })
    await read(livewire, over.signal, () => targets.askOne(component, livewire)).catch(() => {
      if (!until.aborted && !isIdle()) refreshNow(client)
    })
    over.abort()
  }
  const asked = watchLatecomers((component) => void askLate(component), until)
  return async ({ signal }) => {
    isInVain = true
    try {
      await seeServer(client, signal)
      const livewire = findLivewire()
      if (!livewire || signal.aborted) return
      asked()
      await read(livewire, signal, targets.ask)
    } finally {
      isInVain = !findLivewire()?.initialRenderIsFinished
      showOffer(false)
    }
  }
}

/** Reads the cart anew, now. A failure is reported by the refresh itself. */
export const refreshNow = (client: CartEcho): void => void client.refresh().catch(() => undefined)

// A page that has no check is fed by a socket that works.
const seeServer = async (client: CartEcho, signal: RefreshRequest['signal']): Promise<void> => {
  try {
    await client.check({ maxAgeMs: SURE_FOR_MS, refresh: false, signal })
  } catch (error) {
    if (client.connection.get().name !== 'live' || (error as CartEchoError).code !== 'cannot-check') throw error
  }
}
