import type { CartEcho } from '../../engine/cart-echo'
import type { CartEchoError } from '../../engine/errors'
import type { Refresh, RefreshRequest } from '../../engine/refresh'
import { untilCommitted } from './commits'
import { createExpiry } from './expired'
import { watchLatecomers } from './latecomers'
import { findLivewire, type LivewireComponent, type LivewireLike } from './surface'
import type { Targets } from './targets'
import { showOffer } from './typing'

const CHECK_MAX_AGE_MS = 5_000

/**
 * Makes Livewire reload the cart, after the check has answered: a server that is down is not asked by every component.
 *
 * Livewire dispatches `livewire:navigated` when it has started, and when it has loaded another page. A run before the first, or during the
 * second, misses the components that come then: it is followed by another run, until aborted.
 */
export const refreshThrough = (client: CartEcho, targets: Targets, until: AbortSignal): Refresh => {
  let hasMissed = false
  const isIdle = (): boolean => client.connection.get().name === 'idle'
  const again = (): void => {
    if (hasMissed && !isIdle()) refreshNow(client)
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
    hasMissed = true
    try {
      await confirmServer(client, signal)
      const livewire = findLivewire()
      if (!livewire || signal.aborted) return
      asked()
      await read(livewire, signal, targets.ask)
    } finally {
      hasMissed = !findLivewire()?.initialRenderIsFinished
      showOffer(false)
    }
  }
}

/** Reloads the cart now. A failure is reported by the refresh itself. */
export const refreshNow = (client: CartEcho): void => void client.refresh().catch(() => undefined)

// Without a check, a live connection is proof enough that the server is there.
const confirmServer = async (client: CartEcho, signal: RefreshRequest['signal']): Promise<void> => {
  try {
    await client.check({ maxAgeMs: CHECK_MAX_AGE_MS, refresh: false, signal })
  } catch (error) {
    if (client.connection.get().name !== 'live' || (error as CartEchoError).code !== 'cannot-check') throw error
  }
}
