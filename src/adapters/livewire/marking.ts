import type { Stop } from '../../core/environment'
import type { LivewireEvent } from './surface'

/**
 * Gives the DOM events of these names what `Livewire.on` looks for (livewire `js/events.js`), before Livewire hears them. `#[On]` hears
 * any event on `window`; a second dispatch would reach it twice.
 */
export const markEvents = (names: readonly string[]): Stop => {
  for (const name of names) addEventListener(name, mark, true)
  return () => {
    for (const name of names) removeEventListener(name, mark, true)
  }
}

const mark = (event: LivewireEvent): void => {
  const params = event instanceof CustomEvent ? event.detail : null
  event.__livewire ??= { name: event.type, params, receivedBy: [] }
}
