import { CartEchoError } from '../../core/errors'
import type { LivewireComponent, LivewireEvent, LivewireLike } from './surface'

/** What a refresh reaches: the event or events it dispatches, or the components it refreshes, by name. */
export type LivewireRefresh = string | readonly string[] | { readonly components: readonly string[] }

/** Whom a refresh asks. */
export interface Targets {
  /** Makes them ask the server, all in one turn. Returns those that do. */
  readonly ask: (livewire: LivewireLike) => readonly LivewireComponent[]
  /** True when a refresh makes this component ask the server, or may: not everything can be learnt. */
  readonly concerns: (component: LivewireComponent | undefined) => boolean
}

/**
 * Reads the `refresh` option.
 * @throws {CartEchoError} `invalid-options` for a name that is none.
 */
export const readTargets = (refresh: LivewireRefresh): Targets => {
  const isByName = typeof refresh === 'object' && 'components' in refresh
  const names = isByName ? refresh.components : [refresh].flat()
  if (names.some((name) => typeof name !== 'string' || name === ''))
    throw new CartEchoError('invalid-options', 'refresh names an event, a list of events, or { components: […] }.')
  return isByName ? componentsNamed(names) : listenersTo(names)
}

const listenersTo = (events: readonly string[]): Targets => ({
  ask: (livewire) => events.flatMap((event) => dispatch(livewire, event)),
  concerns: (component) =>
    !component?.originalEffects ||
    // A lazy one tells its listeners when it is loaded.
    component.isLazy === true ||
    (component.originalEffects.listeners ?? []).some((event) => events.includes(event)),
})

const dispatch = (livewire: LivewireLike, event: string): readonly LivewireComponent[] => {
  let received: readonly unknown[] = []
  const note = ({ __livewire }: LivewireEvent): void => {
    received = __livewire?.receivedBy ?? []
  }
  addEventListener(event, note, true)
  // Not without details: a `Livewire.on` may take them apart.
  livewire.dispatch(event, {})
  removeEventListener(event, note, true)
  return received as readonly LivewireComponent[]
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
  concerns: (component) => component === undefined || names.includes(component.name),
})
