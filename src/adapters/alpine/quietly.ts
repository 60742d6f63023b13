/** What `request` hooks of Livewire are given (livewire `js/request/index.js`, 4: `js/request/legacy.js`), as far as this looks. */
interface RequestHook {
  readonly payload: string
  readonly fail: (callback: (failure: { status: number; preventDefault: () => void }) => void) => void
}

interface LivewireLike {
  readonly hook?: (name: 'request', callback: (request: RequestHook) => void) => () => void
}

// Livewire 3 calls nothing, and neither do children that go with their parent; in 4 these commit. What is typed into wire:model.live has a type.
// In the snapshots, quotes are escaped.
const MORE = /"method":"(?!\$(refresh|commit)")|"type":"/

/**
 * Reads the cart anew, in a Livewire component without the dialog that Livewire opens over the page when `$wire.$refresh()` fails: nobody asked for it.
 * Rejects then: Livewire 3 leaves that promise for ever. Watches no longer than until aborted. What Livewire asks about an expired page (419), it asks.
 */
export const quietly = async (element: Element, read: () => unknown, signal?: AbortSignal): Promise<unknown> => {
  const id = element.closest('[wire\\:id]')?.getAttribute('wire:id')
  // In a component, it is Livewire's name.
  const { Livewire } = globalThis as { Livewire?: LivewireLike }
  let unhook: (() => void) | undefined
  const failed = new Promise((_, reject) => {
    if (id)
      unhook = Livewire?.hook?.('request', ({ payload, fail }) => {
        if (!payload.includes(id) || MORE.test(payload)) return
        fail(({ status, preventDefault }) => {
          if (status !== 419) preventDefault()
          reject(new Error(`Livewire: HTTP ${status}.`))
        })
      })
  })
  // Livewire 3 leaves the promise of a request that fails for ever.
  signal?.addEventListener('abort', () => unhook?.())
  try {
    return await Promise.race([failed, read()])
  } finally {
    unhook?.()
  }
}
