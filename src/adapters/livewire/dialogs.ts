import type { Stop } from '../../core/environment'
import type { LivewireComponent, LivewireLike } from './surface'
import type { Targets } from './targets'

/** Livewire's request (`js/request/index.js`). */
interface Payload {
  readonly components: readonly {
    readonly calls: readonly { readonly method: string; readonly params: readonly unknown[] }[]
  }[]
}

/**
 * Keeps Livewire's dialog shut when a request fails that holds nothing but a refresh of `asked`, until stopped: nobody on the page asked for
 * it, and each new try would open it again.
 */
export const keepDialogsShut = (
  livewire: LivewireLike,
  asked: ReadonlySet<LivewireComponent>,
  isOurs: Targets['isOurs'],
): Stop =>
  livewire.hook('request', ({ payload, fail }) => {
    const { components } = JSON.parse(payload) as Payload
    // No calls at all: $refresh in Livewire 3, children that go with their parent, and what is typed into wire:model.live.
    const isOnlyOurs = components.every(({ calls }) => calls.every(({ method, params }) => isOurs(method, params)))
    if (isOnlyOurs && [...asked].some(({ id }) => payload.includes(id))) fail((failure) => failure.preventDefault())
  })
