import type { LivewireEvent } from './surface'

/**
 * Gives the DOM events of these names what `Livewire.on` looks for (livewire `js/events.js`), before Livewire hears them, until aborted.
 * `#[On]` hears any event on `window`; a second dispatch would reach it twice.
 */
export const markEvents = (names: readonly string[], until: AbortSignal): void => {
  for (const name of names) addEventListener(name, mark, { capture: true, signal: until })
}

const mark = (event: LivewireEvent): void => {
  const params = (event as CustomEvent).detail
  event.__livewire ??= { name: event.type, params, receivedBy: [] }
}
