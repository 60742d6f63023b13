import { CartEchoError } from '../../core/errors'
import type { LivewireComponent, LivewireEvent, LivewireLike } from './surface'
import type { Concerns } from './typing'

/** What a refresh reaches: the event or events it dispatches, or the components it refreshes, by name. */
export type LivewireRefresh = string | readonly string[] | { readonly components: readonly string[] }

/** Whom a refresh asks. */
export interface Targets {
  /** Makes them ask the server, all in one turn. Returns those that do. */
  readonly ask: (livewire: LivewireLike) => readonly LivewireComponent[]
  /** True for a call by which a component asks the server for it. */
  readonly isOurs: (method: string, params: readonly unknown[]) => boolean
  /** True when a refresh makes this component ask the server, or may: not everything can be learnt. */
  readonly concerns: Concerns
}

/**
 * Reads the `refresh` option.
 * @throws {CartEchoError} `invalid-options` for anything but names, and for none.
 */
export const readTargets = (refresh: LivewireRefresh): Targets => {
  const components = (refresh as { components?: unknown } | null)?.components
  const names = components ?? [refresh].flat()
  if (!areNames(names)) throw new CartEchoError('invalid-options', 'refresh must name events or components.')
  return components ? componentsNamed(names) : listenersTo(names)
}

const areNames = (names: unknown): names is readonly string[] =>
  Array.isArray(names) && !!names[0] && names.every((name) => name && typeof name === 'string')

const listenersTo = (events: readonly string[]): Targets => ({
  ask: (livewire) => events.flatMap((event) => dispatch(livewire, event)),
  // What #[On] calls (js/features/supportListeners.js).
  isOurs: (method, [event]) => method === '__dispatch' && events.includes(event as string),
  // A lazy one tells its listeners when it is loaded.
  concerns: (component) =>
    !component?.originalEffects ||
    component.isLazy ||
    events.some((event) => component.originalEffects?.listeners?.includes(event)),
})

const dispatch = (livewire: LivewireLike, name: string): readonly LivewireComponent[] => {
  let event: LivewireEvent | undefined
  const note = (dispatched: LivewireEvent): void => {
    event = dispatched
  }
  addEventListener(name, note, { capture: true, once: true })
  // Not without details: a `Livewire.on` may take them apart.
  livewire.dispatch(name, {})
  return (event?.__livewire?.receivedBy ?? []) as LivewireComponent[]
}

const componentsNamed = (names: readonly string[]): Targets => ({
  ask: (livewire) =>
    names
      .flatMap((name) => livewire.getByName(name))
      // One that is not loaded yet will be new anyway.
      .filter(({ __instance: { isLazy, hasBeenLazyLoaded } }) => !isLazy || hasBeenLazyLoaded)
      .map((wire) => {
        // How it ended is heard from the commit.
        wire.$refresh().then(undefined, () => undefined)
        return wire.__instance
      }),
  isOurs: (method) => method === '$refresh',
  concerns: (component) => !component || names.includes(component.name),
})
