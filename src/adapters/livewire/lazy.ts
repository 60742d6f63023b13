import { hookInto } from './surface'
import { isLoaded, type Targets } from './targets'

/**
 * Takes back such calls of lazy components that are not loaded yet. Livewire 3 has them hear `#[On]` by then, and renders them without `mount()`,
 * for good (js/features/supportListeners.js); Livewire 4 does not. Until aborted.
 */
export const spareUnloaded = (isIts: Targets['isOurs'], until: AbortSignal): void =>
  hookInto(
    'commit.pooling',
    ({ commits }) => {
      for (const commit of commits) {
        const rest = commit.calls.filter(({ method, params }) => !isIts(method, params))
        if (rest.length === commit.calls.length || isLoaded(commit.component)) continue
        commit.calls = rest
        if (rest.length === 0) commits.delete(commit)
      }
    },
    until,
  )
