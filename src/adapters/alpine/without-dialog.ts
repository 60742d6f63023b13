/** What `request` hooks of Livewire get (livewire `js/request/index.js`, 4: `js/request/legacy.js`), as far as it is used here. */
interface RequestHook {
  readonly payload: string
  readonly fail: (callback: (failure: { status: number; preventDefault: () => void }) => void) => void
}

interface LivewireLike {
  readonly hook?: (name: 'request', callback: (request: RequestHook) => void) => () => void
}

// Matches a request that does more than refresh. In Livewire 3 a refresh has no calls; in 4 it calls $refresh, and children that go with it $commit.
// Typing into wire:model.live gives a call a type. Quotes inside snapshots are escaped.
const MORE = /"method":"(?!\$(refresh|commit)")|"type":"/

/**
 * Reloads the cart by `read`. In a Livewire component it suppresses the dialog that Livewire opens when `$wire.$refresh()` fails, because no shopper
 * asked for it, and rejects instead. Stops watching when aborted. Livewire still asks the shopper about an expired page (419).
 */
export const withoutDialog = async (element: Element, read: () => unknown, signal?: AbortSignal): Promise<unknown> => {
  const id = element.closest('[wire\\:id]')?.getAttribute('wire:id')
  // Inside a component, window.Livewire can only be Livewire.
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
  // Livewire 3 never settles the promise of a request that failed.
  signal?.addEventListener('abort', () => unhook?.())
  try {
    return await Promise.race([failed, read()])
  } finally {
    unhook?.()
  }
}
